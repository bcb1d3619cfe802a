//! What a signal remembers of earlier readings. Never written down: readings bring it back, so whoever starts a hub feeds
//! the last `Compiled::memory_s` seconds of readings through `observe` before it decides anything.

use std::collections::VecDeque;

use chengshu_core::model::{Aggregate, Timestamp};

/// Readings of one window that are kept at most. Of denser ones the oldest are forgotten, and the window says nothing until
/// it is covered again.
const POINTS: usize = 4_096;

/// The memory of one rule on one device.
#[derive(Debug, Clone, PartialEq)]
pub enum Memory {
    /// Readings of a window, oldest first.
    Window(Window),
    /// The value that has not moved, and since when.
    Still(f64, Timestamp),
    /// One window for each name of an expression.
    Inputs(Vec<Window>),
}

/// Readings in the order of their time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Window {
    points: VecDeque<(Timestamp, f64)>,
}

impl Window {
    /// Adds a reading that is newer than all, and forgets what lies before `keep_ms` (one older point is kept: it tells
    /// how things stood at the beginning of the window).
    pub(crate) fn push(&mut self, at: Timestamp, value: f64, keep_ms: i64) {
        self.points.push_back((at, value));
        let begin = at.ms().saturating_sub(keep_ms);
        while self.points.len() > POINTS || self.points.get(1).is_some_and(|(second, _)| second.ms() <= begin) {
            self.points.pop_front();
        }
    }

    /// Keeps the newest `count` readings.
    pub(crate) fn keep(&mut self, count: usize) {
        while self.points.len() > count {
            self.points.pop_front();
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.points.len()
    }

    pub(crate) fn newest(&self) -> Option<(Timestamp, f64)> {
        self.points.back().copied()
    }

    /// How things stood at `at`: the last reading at or before it, unless that is older than `gap_ms`.
    pub(crate) fn as_of(&self, at: Timestamp, gap_ms: i64) -> Option<f64> {
        let found = self.points.iter().rev().find(|(time, _)| *time <= at)?;
        (at.since(found.0) <= gap_ms).then_some(found.1)
    }

    /// One number of the readings after `after`.
    pub(crate) fn aggregate(&self, after: Timestamp, how: Aggregate) -> Option<f64> {
        let values = || self.points.iter().rev().take_while(|(at, _)| *at > after).map(|(_, value)| *value);
        let count = values().count();
        if count == 0 {
            return None;
        }
        Some(match how {
            Aggregate::Max => values().fold(f64::NEG_INFINITY, f64::max),
            Aggregate::Min => values().fold(f64::INFINITY, f64::min),
            Aggregate::Sum => values().sum(),
            Aggregate::Avg => values().sum::<f64>() / count as f64,
        })
    }

    /// The median of all that are kept.
    pub(crate) fn median(&self) -> Option<f64> {
        let mut values: Vec<f64> = self.points.iter().map(|(_, value)| *value).collect();
        values.sort_unstable_by(f64::total_cmp);
        let middle = values.len() / 2;
        let upper = values.get(middle).copied()?;
        Some(if values.len() % 2 == 1 { upper } else { f64::midpoint(values[middle - 1], upper) })
    }
}
