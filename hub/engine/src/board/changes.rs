//! Which devices changed at which number: enough to bring a screen up to date after a gap. Bounded by count and by
//! age; a screen that was away for longer gets a whole snapshot.

use std::collections::VecDeque;

use chengshu_core::model::{Alarm, Timestamp};

/// Device numbers kept at most: 8 MB.
const DEVICES_MAX: usize = 2_000_000;
/// Alarm changes kept at most.
const ALARMS_MAX: usize = 10_000;
/// Kept at least this long if the counts allow, ms.
const AGE_MS: i64 = 120_000;

/// The newest changes.
#[derive(Debug, Default)]
pub struct Changes {
    devices: VecDeque<(u64, Timestamp, Box<[u32]>)>,
    device_count: usize,
    alarms: VecDeque<(u64, Alarm)>,
    /// Changes with a number up to this one are no longer known.
    forgotten: u64,
}

impl Changes {
    pub(crate) fn devices_changed(&mut self, seq: u64, now: Timestamp, devices: Vec<u32>) {
        self.device_count += devices.len();
        self.devices.push_back((seq, now, devices.into_boxed_slice()));
        while let Some((seq, at, devices)) = self.devices.front() {
            if self.device_count <= DEVICES_MAX && now.since(*at) <= AGE_MS {
                break;
            }
            self.forgotten = self.forgotten.max(*seq);
            self.device_count -= devices.len();
            self.devices.pop_front();
        }
    }

    pub(crate) fn alarm_changed(&mut self, seq: u64, alarm: Alarm) {
        self.alarms.push_back((seq, alarm));
        if self.alarms.len() > ALARMS_MAX
            && let Some((seq, _)) = self.alarms.pop_front()
        {
            self.forgotten = self.forgotten.max(seq);
        }
    }

    pub(crate) fn forget_before(&mut self, seq: u64) {
        self.forgotten = self.forgotten.max(seq);
    }

    /// True when everything after number `seq` is still known.
    #[must_use]
    pub fn reach_back_to(&self, seq: u64) -> bool {
        seq >= self.forgotten
    }

    /// Devices that changed after number `seq`; the same one may come several times.
    pub fn devices_since(&self, seq: u64) -> impl Iterator<Item = u32> + '_ {
        let newer = self.devices.iter().rev().take_while(move |(at, _, _)| *at > seq);
        newer.flat_map(|(_, _, devices)| devices.iter().copied())
    }

    /// Alarm changes after number `seq`, oldest first; none is ever left out.
    pub fn alarms_since(&self, seq: u64) -> impl Iterator<Item = &Alarm> + '_ {
        let first = self.alarms.partition_point(|(at, _)| *at <= seq);
        self.alarms.range(first..).map(|(_, alarm)| alarm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_it_forgot() {
        let mut changes = Changes::default();
        for seq in 1..=10u64 {
            changes.devices_changed(seq, Timestamp::from_ms(seq as i64 * 60_000), vec![seq as u32]);
        }
        assert!(changes.reach_back_to(9) && changes.reach_back_to(7), "two minutes are kept");
        assert!(!changes.reach_back_to(5));
        assert_eq!(changes.devices_since(8).collect::<Vec<_>>(), [10, 9]);
    }
}
