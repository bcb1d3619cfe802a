//! The rain between two reports of a station, from its ever-growing counter. Remembers the last two counts of each
//! station, whichever connection they came by; bounded: when too many stations fill it, it starts anew.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chengshu_core::model::Timestamp;

use crate::codec::{Number, Station};

/// A count at its time, in thousandths of a millimetre.
type Count = (Timestamp, i64);

/// Rain counters of all stations of a link.
#[derive(Debug)]
pub(crate) struct Rain {
    stations: Mutex<HashMap<Station, (Count, Option<Count>)>>,
    max: usize,
}

/// Rain since the report before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fallen {
    /// Millimetres.
    pub mm: f64,
    /// The counter went back: rolled over or was reset. Counted from 0.
    pub back: bool,
}

impl Rain {
    pub(crate) fn new(max: usize) -> Self {
        Self { stations: Mutex::default(), max: max.max(1) }
    }

    /// Takes `total` at `at`. The same time again gives the same answer, an older one none.
    pub(crate) fn step(&self, station: Station, at: Timestamp, total: Number) -> Option<Fallen> {
        let count = (at, (total.value() * 1000.0).round() as i64);
        let mut stations = self.stations.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((last, before)) = stations.get_mut(&station) else {
            if stations.len() >= self.max {
                stations.clear();
            }
            stations.insert(station, (count, None));
            return None;
        };
        if at < last.0 {
            return None;
        }
        if at > last.0 {
            *before = Some(*last);
            *last = count;
        }
        let (_, from) = (*before)?;
        let fallen = count.1 - from;
        let back = fallen < 0;
        Some(Fallen { mm: (if back { count.1 } else { fallen }) as f64 / 1000.0, back })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_become_steps_across_roll_over_and_repetition() {
        let rain = Rain::new(2);
        let step = |station: u8, minute: i64, text: &str| {
            let number = Number::parse(text.as_bytes()).unwrap();
            rain.step(Station([station; 5]), Timestamp::from_ms(minute * 60_000), number).map(|f| (f.mm, f.back))
        };
        for (station, minute, total, expected) in [
            (1, 5, "4.1", None),
            (1, 10, "4.3", Some((0.2, false))),
            (1, 10, "4.3", Some((0.2, false))), // sent again
            (1, 5, "4.1", None),                // older
            (1, 15, "0.5", Some((0.5, true))),  // rolled over
            (1, 20, "0.5", Some((0.0, false))),
            (2, 5, "9.0", None),
            (3, 5, "1.0", None), // the memory is full and starts anew
            (1, 25, "0.7", None),
        ] {
            assert_eq!(step(station, minute, total), expected, "{station} {minute} {total}");
        }
    }
}
