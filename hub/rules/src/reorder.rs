//! Puts readings of one device in the order of their time before rules decide on them. What comes later than the window
//! allows is handed back as such: it is told of in hindsight, never raised as if live.

use chengshu_core::model::Timestamp;

/// Readings that wait for earlier ones (乱序窗口).
#[derive(Debug, Clone, PartialEq)]
pub struct Reorder<T> {
    waiting: Vec<(Timestamp, T)>,
    newest: Option<Timestamp>,
    /// The newest that was handed out.
    handed: Option<Timestamp>,
    /// Hub time of the last arrival.
    arrived: Option<Timestamp>,
}

impl<T> Default for Reorder<T> {
    fn default() -> Self {
        Self { waiting: Vec::new(), newest: None, handed: None, arrived: None }
    }
}

impl<T> Reorder<T> {
    /// One that has handed out everything up to `handed` before.
    #[must_use]
    pub fn since(handed: Timestamp) -> Self {
        Self { newest: Some(handed), handed: Some(handed), ..Self::default() }
    }

    /// Takes a reading that was taken at `at` and arrived at `received`. True when it is in time: [`Reorder::ready`] hands
    /// it out when its turn has come. False: it came too late.
    pub fn push(&mut self, at: Timestamp, received: Timestamp, item: T) -> bool {
        if self.handed.is_some_and(|handed| at < handed) {
            return false;
        }
        self.arrived = Some(self.arrived.map_or(received, |known| known.max(received)));
        self.newest = Some(self.newest.map_or(at, |newest| newest.max(at)));
        let place = self.waiting.partition_point(|(known, _)| *known <= at);
        self.waiting.insert(place, (at, item));
        true
    }

    /// Those before which nothing can come in time any more, oldest first.
    pub fn ready(&mut self, window_ms: i64) -> impl Iterator<Item = T> + '_ {
        let newest = self.newest.map_or(i64::MIN, Timestamp::ms);
        let count = self.waiting.partition_point(|(at, _)| at.ms() <= newest.saturating_sub(window_ms));
        self.hand_out(count)
    }

    /// Everything: nothing earlier has come for a whole window.
    pub fn flush(&mut self) -> impl Iterator<Item = T> + '_ {
        self.hand_out(self.waiting.len())
    }

    fn hand_out(&mut self, count: usize) -> impl Iterator<Item = T> + '_ {
        if let Some((at, _)) = count.checked_sub(1).and_then(|last| self.waiting.get(last)) {
            self.handed = Some(*at);
        }
        self.waiting.drain(..count).map(|(_, item)| item)
    }

    /// When [`Reorder::flush`] may be called, hub time; none while nothing waits.
    #[must_use]
    pub fn due(&self, window_ms: i64) -> Option<Timestamp> {
        let arrived = self.arrived.filter(|_| !self.waiting.is_empty())?;
        Some(Timestamp::from_ms(arrived.ms() + window_ms))
    }

    /// The newest that was handed out; readings after it have not been decided on.
    #[must_use]
    pub fn handed(&self) -> Option<Timestamp> {
        self.handed
    }
}
