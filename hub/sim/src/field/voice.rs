//! One field station on its line: connects, reports what its neighbours of the district measure, hears, and comes back when
//! the line is lost. The instrument knows the protocol; here are only the socket and the hours.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use chengshu_line::Instrument;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::FieldLine;
use super::cast::Player;
use crate::shared::Shared;

const TICK: Duration = Duration::from_secs(1);
/// After a lost line, s: the longer the more often in a row.
const AGAIN_S: (u64, u64) = (2, 30);
/// What speaks only when something is new says all of it again so often, s.
const ANYWAY_S: u64 = 600;

/// A station that speaks.
pub(crate) struct Voice {
    player: Player,
    line: FieldLine,
    instrument: Box<dyn Instrument>,
    /// What it said last, and how many seconds ago.
    said: Vec<(String, f64)>,
    since_s: u64,
    /// In which minute it spoke last, where its reports are of whole minutes.
    minute: i64,
}

impl Voice {
    pub(crate) fn new(player: Player, line: FieldLine) -> Self {
        let instrument = player.instrument();
        Self { player, line, instrument, said: Vec::new(), since_s: u64::MAX, minute: i64::MIN }
    }

    /// Speaks for ever; ends only by being dropped.
    pub(crate) async fn keep(mut self, number: usize, shared: Shared) {
        shared.clock.sleep(Duration::from_millis(number as u64 * 50)).await;
        let mut failures = 0_u32;
        loop {
            if let Err(error) = self.live(&shared, &mut failures).await {
                tracing::debug!(device = self.player.id, %error, "a field line was lost");
                shared.tally.failed(&error);
            }
            let pause = (AGAIN_S.0 << failures.min(4)).min(AGAIN_S.1);
            failures += 1;
            shared.clock.sleep(Duration::from_secs(pause)).await;
        }
    }

    async fn live(&mut self, shared: &Shared, failures: &mut u32) -> std::io::Result<()> {
        let mut stream = TcpStream::connect(self.line.address).await?;
        stream.set_nodelay(true)?;
        let _up = shared.tally.up();
        let (mut reader, mut writer) = stream.split();
        let mut buffer = BytesMut::new();
        send(&mut writer, self.instrument.connected(shared.clock.now())).await?;
        loop {
            tokio::select! {
                read = reader.read_buf(&mut buffer) => {
                    if read? == 0 {
                        return Err(std::io::ErrorKind::UnexpectedEof.into());
                    }
                    *failures = 0;
                    send(&mut writer, self.instrument.hear(&mut buffer, shared.clock.now())).await?;
                }
                () = shared.clock.sleep(TICK) => {
                    let due = self.due(shared);
                    send(&mut writer, due).await?;
                }
            }
        }
    }

    /// A second has passed.
    fn due(&mut self, shared: &Shared) -> Vec<Bytes> {
        let now = shared.clock.now();
        self.since_s = self.since_s.saturating_add(1);
        let mut bytes = self.instrument.tick(now);
        let on_change = self.player.on_change();
        let minute = now.ms().div_euclid(60_000);
        // whoever speaks of whole minutes does it when one begins: what is asked of it meanwhile has the same values
        let waits = if self.player.by_minute() {
            minute.saturating_sub(self.minute).cast_unsigned() < self.player.every_s / 60
        } else {
            self.since_s < self.player.every_s
        };
        if waits && !on_change {
            return bytes;
        }
        let values: Vec<_> = self.player.follows.iter().map(|index| shared.values(*index)).collect();
        let report = self.player.report(&values);
        if on_change && report == self.said && self.since_s < ANYWAY_S {
            return bytes;
        }
        let named: Vec<(&str, f64)> = report.iter().map(|(metric, value)| (metric.as_str(), *value)).collect();
        bytes.extend(self.instrument.report(&named, now));
        shared.tally.sent();
        (self.said, self.since_s, self.minute) = (report, 0, minute);
        bytes
    }
}

async fn send(writer: &mut (impl tokio::io::AsyncWrite + Unpin), frames: Vec<Bytes>) -> std::io::Result<()> {
    for frame in frames {
        writer.write_all(&frame).await?;
    }
    Ok(())
}
