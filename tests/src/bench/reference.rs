//! The reference: a bare loop that does only what must be done. mosquitto → rumqttc → parse → INSERT … SELECT unnest …
//! ON CONFLICT DO NOTHING → commit → acknowledgements in one flush. No quality, no rules, no register, no live stream.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use rumqttc::{AsyncClient, Event, MqttOptions, Packet, PubAck, Publish, QoS};
use serde::Deserialize;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo};
use sqlx::{Connection as _, Encode, PgConnection, Postgres};
use tokio::sync::mpsc;

/// The same batch and linger as the hub's in the same run.
pub(crate) const BATCH: usize = 1_000;
pub(crate) const LINGER: Duration = Duration::from_millis(50);

/// Typed as closely as the load allows: the cheapest parse that there is.
#[derive(Deserialize)]
struct Payload {
    ts: i64,
    values: Values,
}

#[derive(Deserialize)]
struct Values {
    level: Option<f64>,
    flow: Option<f64>,
    battery: Option<f64>,
}

/// Microseconds since 2000, as PostgreSQL writes a timestamptz.
struct PgMicros(i64);

impl sqlx::Type<Postgres> for PgMicros {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("timestamptz")
    }
}

impl PgHasArrayType for PgMicros {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("_timestamptz")
    }
}

impl Encode<'_, Postgres> for PgMicros {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Postgres>::encode(self.0, buffer)
    }
}

#[derive(Default)]
struct Rows {
    series: Vec<i32>,
    at: Vec<PgMicros>,
    lag_ms: Vec<i32>,
    quality: Vec<i16>,
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
    let mut series: HashMap<String, i32> = HashMap::new(); // the first of three numbers of a device
    let mut rows = Rows::default();
    let mut full: VecDeque<Rows> = VecDeque::new();
    let mut durable = 0u64;
    let mut due = Box::pin(tokio::time::sleep(LINGER));
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
            () = &mut due, if !rows.packets.is_empty() => full.push_back(std::mem::take(&mut rows)),
            event = events.poll(), if full.len() < 4 => {
                let mut next = Some(event?);
                while let Some(event) = next {
                    if let Event::Incoming(Packet::Publish(publish)) = event {
                        if rows.packets.is_empty() {
                            due.as_mut().reset(tokio::time::Instant::now() + LINGER);
                        }
                        take(&mut rows, &mut series, &publish)?;
                        if rows.packets.len() >= BATCH {
                            full.push_back(std::mem::take(&mut rows));
                        }
                    }
                    next = events.state.events.pop_front(); // read together with the first
                }
            }
        }
    }
    drop(to_writer);
    writer.await?
}

fn take(rows: &mut Rows, series: &mut HashMap<String, i32>, publish: &Publish) -> anyhow::Result<()> {
    let Payload { ts, values } = serde_json::from_slice(&publish.payload)?;
    let first = match series.get(&publish.topic) {
        Some(first) => *first,
        None => {
            let first = 3 * series.len() as i32 + 1;
            series.insert(publish.topic.clone(), first);
            first
        }
    };
    for (n, value) in [values.level, values.flow, values.battery].into_iter().enumerate() {
        let Some(value) = value else { continue };
        rows.series.push(first + n as i32);
        rows.at.push(PgMicros((ts - 946_684_800_000) * 1000));
        rows.lag_ms.push(5);
        rows.value.push(value);
        rows.quality.push(0);
    }
    rows.packets.push(publish.pkid);
    Ok(())
}

async fn write(
    mut connection: PgConnection,
    mut queue: mpsc::Receiver<Rows>,
    done: mpsc::Sender<Vec<u16>>,
) -> anyhow::Result<()> {
    while let Some(rows) = queue.recv().await {
        let mut tx = connection.begin().await?;
        sqlx::query(
            "INSERT INTO reading (series, at, lag_ms, value, quality)
             SELECT * FROM unnest($1::int4[], $2::timestamptz[], $3::int4[], $4::float8[], $5::int2[])
             ON CONFLICT DO NOTHING",
        )
        .bind(&rows.series)
        .bind(&rows.at)
        .bind(&rows.lag_ms)
        .bind(&rows.value)
        .bind(&rows.quality)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        done.send(rows.packets).await?;
    }
    Ok(())
}
