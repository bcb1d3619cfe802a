//! Puts readings of one device in the order of their time before rules decide on them. What comes later than the window
//! allows is handed back as such: it is told of in hindsight, never raised as if live.

use chengshu_core::model::Timestamp;

/// Readings that wait for earlier ones (乱序窗口). With a window of zero nothing waits.
#[derive(Debug, Clone, PartialEq)]
pub struct Reorder<T> {
    waiting: Vec<(Timestamp, T)>,
    newest: Option<Timestamp>,
}

impl<T> Default for Reorder<T> {
    fn default() -> Self {
        Self { waiting: Vec::new(), newest: None }
    }
}

impl<T> Reorder<T> {
    /// Takes a reading that was taken at `at`. True when it is in time: [`Reorder::ready`] hands it out when its turn has
    /// come. False: it came too late.
    pub fn push(&mut self, at: Timestamp, item: T, window_ms: i64) -> bool {
        if self.newest.is_some_and(|newest| newest.since(at) > window_ms) {
            return false;
        }
        self.newest = Some(self.newest.map_or(at, |newest| newest.max(at)));
        let place = self.waiting.partition_point(|(known, _)| *known <= at);
        self.waiting.insert(place, (at, item));
        true
    }

    /// Those before which nothing can come in time any more, oldest first.
    pub fn ready(&mut self, window_ms: i64) -> impl Iterator<Item = T> + '_ {
        let newest = self.newest.map_or(i64::MIN, Timestamp::ms);
        let count = self.waiting.partition_point(|(at, _)| at.ms() <= newest.saturating_sub(window_ms));
        self.waiting.drain(..count).map(|(_, item)| item)
    }

    /// Everything: nothing earlier has come for a whole window.
    pub fn flush(&mut self) -> impl Iterator<Item = T> + '_ {
        self.waiting.drain(..).map(|(_, item)| item)
    }

    /// True when nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}
