//! The reference: a bare loop that does only what must be done. mosquitto → rumqttc → parse → INSERT … SELECT unnest …
//! ON CONFLICT DO NOTHING → commit → acknowledgements in one flush. No quality, no rules, no register, no live stream.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use rumqttc::{AsyncClient, Event, MqttOptions, Packet, PubAck, QoS};
use serde::Deserialize;
use sqlx::{Connection as _, PgConnection};
use tokio::sync::mpsc;

/// The same batch and linger as the hub's in the same run.
pub(crate) const BATCH: usize = 1_000;
pub(crate) const LINGER: Duration = Duration::from_millis(50);

#[derive(Deserialize)]
struct Payload<'a> {
    ts: i64,
    #[serde(borrow)]
    values: HashMap<&'a str, f64>,
}

#[derive(Default)]
struct Rows {
    series: Vec<i32>,
    at: Vec<i64>,
    value: Vec<f64>,
    packets: Vec<u16>,
}

/// Consumes until `messages` are durable.
pub(crate) async fn run(port: u16, url: &str, messages: u64) -> anyhow::Result<()> {
    let mut options = MqttOptions::new("reference", "127.0.0.1", port);
    options.set_clean_session(true).set_manual_acks(true).set_keep_alive(Duration::from_secs(60));
    let (client, mut events) = AsyncClient::new(options, 100);
    events.network_options.set_tcp_nodelay(true);
    client.subscribe("city/bench/+/telemetry", QoS::AtLeastOnce).await?;
    let (to_writer, from_loop) = mpsc::channel::<Rows>(2);
    let (to_loop, mut done) = mpsc::channel::<Vec<u16>>(8);
    let connection = PgConnection::connect(url).await?;
    let writer = tokio::spawn(write(connection, from_loop, to_loop));
    let mut series: HashMap<String, i32> = HashMap::new();
    let mut rows = Rows::default();
    let mut full: VecDeque<Rows> = VecDeque::new();
    let mut durable = 0u64;
    let mut due = tokio::time::Instant::now() + LINGER;
    while durable < messages {
        tokio::select! {
            biased;
            Some(packets) = done.recv() => {
                durable += packets.len() as u64;
                if let Some(network) = events.network.as_mut() {
                    for packet in packets {
                        network.write(Packet::PubAck(PubAck::new(packet))).await?;
                    }
                    network.flush().await?;
                }
            }
            permit = to_writer.reserve(), if !full.is_empty() => {
                if let Some(batch) = full.pop_front() {
                    permit?.send(batch);
                }
            }
            () = tokio::time::sleep_until(due), if !rows.packets.is_empty() => {
                full.push_back(std::mem::take(&mut rows));
            }
            event = events.poll(), if full.len() < 4 => {
                if let Event::Incoming(Packet::Publish(publish)) = event? {
                    if rows.packets.is_empty() {
                        due = tokio::time::Instant::now() + LINGER;
                    }
                    let payload: Payload<'_> = serde_json::from_slice(&publish.payload)?;
                    for (metric, value) in payload.values {
                        let next = series.len() as i32 + 1;
                        let key = format!("{}/{metric}", publish.topic);
                        rows.series.push(*series.entry(key).or_insert(next));
                        rows.at.push(payload.ts);
                        rows.value.push(value);
                    }
                    rows.packets.push(publish.pkid);
                    if rows.packets.len() >= BATCH {
                        full.push_back(std::mem::take(&mut rows));
                    }
                }
            }
        }
    }
    drop(to_writer);
    writer.await?
}

async fn write(
    mut connection: PgConnection,
    mut queue: mpsc::Receiver<Rows>,
    done: mpsc::Sender<Vec<u16>>,
) -> anyhow::Result<()> {
    while let Some(rows) = queue.recv().await {
        let mut tx = connection.begin().await?;
        // an explicit lag and quality, so that the rows are as wide as the hub's
        sqlx::query(
            "INSERT INTO reading (series, at, lag_ms, value, quality)
             SELECT s, 'epoch'::timestamptz + t * INTERVAL '1 ms', 5, v, 0
             FROM unnest($1::int4[], $2::int8[], $3::float8[]) AS r (s, t, v) ON CONFLICT DO NOTHING",
        )
        .bind(&rows.series)
        .bind(&rows.at)
        .bind(&rows.value)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        done.send(rows.packets).await?;
    }
    Ok(())
}
