//! The device's side: a data logger (数采仪) that measures, reports, resends and obeys as the standard says. For the simulated
//! district, drills and tests. Opens nothing and reads no clock but the one handed in, from which its own may be off.

mod obey;
mod outbox;
mod store;

use bytes::{Buf, Bytes, BytesMut};
use chengshu_core::model::Timestamp;
use chengshu_line::Instrument;

use self::outbox::Outbox;
use self::store::{Store, start};
use crate::Mode;
use crate::codec::{Frame, Head, Scan, packets, scan, write_qn, write_time};
use crate::words::codes;

const HOUR_MS: i64 = 3_600_000;

/// A simulated data logger of HJ 212-2017 (数采仪).
#[derive(Debug)]
pub struct DataLogger {
    mn: String,
    st: String,
    pw: String,
    clock_off_ms: i64,
    timeout_ms: i64,
    resends: u32,
    realtime: bool,
    /// Real-time interval, s, and whether somebody set it: as long as nobody did, every report is sent.
    interval_s: u32,
    paced: bool,
    minute_ms: i64,
    latest: Vec<(String, f64)>,
    last_sent: Option<Timestamp>,
    store: Store,
    /// Starts of the newest minute and hour that were uploaded.
    told: [Option<i64>; 2],
    outbox: Outbox,
    last_qn: Timestamp,
}

impl DataLogger {
    /// A logger with this device number (MN) and system type (ST, e.g. `39` for construction dust), password `123456`,
    /// an interval of 30 s, minute data every 10 min, and a right clock.
    #[must_use]
    pub fn new(mn: &str, st: &str) -> Self {
        Self {
            mn: mn.to_owned(),
            st: st.to_owned(),
            pw: "123456".to_owned(),
            clock_off_ms: 0,
            timeout_ms: 10_000,
            resends: 3,
            realtime: true,
            interval_s: 30,
            paced: false,
            minute_ms: 600_000,
            latest: Vec::new(),
            last_sent: None,
            store: Store::default(),
            told: [None; 2],
            outbox: Outbox::default(),
            last_qn: Timestamp::from_ms(0),
        }
    }

    /// Puts its clock off by so much, ms; `set_clock` mends it.
    pub const fn put_clock_off(&mut self, ms: i64) {
        self.clock_off_ms = ms;
    }

    /// Measures without a word to anybody, as while the line is down: only a request brings these values out.
    pub fn measure(&mut self, values: &[(&str, f64)], now: Timestamp) {
        let at = self.clock(now);
        self.latest = values
            .iter()
            .filter(|(_, value)| value.is_finite())
            .map(|(metric, value)| (codes::of_metric(metric).map_or(*metric, |code| code.code).to_owned(), *value))
            .collect();
        for (code, value) in &self.latest {
            self.store.add(code, *value, at, self.minute_ms);
        }
    }

    /// Asks the platform for the time (1013).
    pub fn ask_clock(&mut self, now: Timestamp) -> Vec<Bytes> {
        self.queue("1013", &[], now);
        self.due(now)
    }

    /// Its own time.
    fn clock(&self, now: Timestamp) -> Timestamp {
        Timestamp::from_ms(now.ms().saturating_add(self.clock_off_ms))
    }

    fn due(&mut self, now: Timestamp) -> Vec<Bytes> {
        self.outbox.due(self.timeout_ms, self.resends, now)
    }

    fn next_qn(&mut self, now: Timestamp) -> String {
        self.last_qn = Timestamp::from_ms((self.last_qn.ms() + 1).max(self.clock(now).ms()));
        write_qn(self.last_qn)
    }

    /// An upload that wants an answer.
    fn queue(&mut self, cn: &str, items: &[String], now: Timestamp) {
        let qn = self.next_qn(now);
        let head = Head {
            qn: Some(&qn),
            st: &self.st,
            cn,
            pw: Some(&self.pw),
            mn: Some(&self.mn),
            flag: Some(5),
            packet: None,
        };
        let packets = packets(&head, items);
        self.outbox.push(qn, packets, now);
    }

    fn queue_latest(&mut self, now: Timestamp) {
        let time = format!("DataTime={}", write_time(self.clock(now)));
        let values = self.latest.iter().map(|(code, value)| format!("{code}-Rtd={value},{code}-Flag=N"));
        let items: Vec<String> = std::iter::once(time).chain(values).collect();
        self.queue("2011", &items, now);
    }

    /// Minute and hour periods that have ended since the last upload. The past before the first tick is left alone.
    fn queue_ended(&mut self, now: Timestamp) {
        let clock = self.clock(now);
        for (kind, (cn, span_ms)) in [("2051", self.minute_ms), ("2061", HOUR_MS)].into_iter().enumerate() {
            let current = start(clock.ms(), span_ms);
            let told = self.told[kind].replace(current - span_ms).unwrap_or(current - span_ms);
            let (from, to) = (Timestamp::from_ms(told + 1), Timestamp::from_ms(current - span_ms));
            for at in self.store.starts(span_ms, from, to, clock) {
                let items = self.store.items(span_ms, at);
                self.queue(cn, &items, now);
            }
        }
    }

    fn frame(&mut self, frame: &Frame<'_>, now: Timestamp) -> Vec<Bytes> {
        match frame.command() {
            Some(9013 | 9014) => {
                if let Some(qn) = frame.request_number() {
                    self.outbox.confirm(qn);
                }
                Vec::new()
            }
            Some(9000..) | None => Vec::new(),
            Some(cn) => self.obey(cn, frame, now),
        }
    }
}

impl Instrument for DataLogger {
    fn connected(&mut self, now: Timestamp) -> Vec<Bytes> {
        self.outbox.anew();
        self.due(now)
    }

    fn report(&mut self, values: &[(&str, f64)], now: Timestamp) -> Vec<Bytes> {
        self.measure(values, now);
        let interval_ms = i64::from(self.interval_s) * 1000;
        let early = self.paced && self.last_sent.is_some_and(|last| now.since(last) < interval_ms);
        if self.realtime && !early {
            self.last_sent = Some(now);
            self.queue_latest(now);
        }
        self.queue_ended(now);
        self.due(now)
    }

    fn hear(&mut self, buffer: &mut BytesMut, now: Timestamp) -> Vec<Bytes> {
        let mut out = Vec::new();
        let mut at = 0;
        loop {
            match scan(&buffer[at..], Mode::Tolerant) {
                Scan::Frame { skip, len, frame } => {
                    out.extend(self.frame(&frame, now));
                    at += skip + len;
                }
                Scan::Refused { skip, len, .. } => at += skip + len,
                Scan::Wait { skip } => {
                    at += skip;
                    break;
                }
            }
        }
        buffer.advance(at);
        out.extend(self.due(now));
        out
    }

    fn tick(&mut self, now: Timestamp) -> Vec<Bytes> {
        self.queue_ended(now);
        self.due(now)
    }

    fn unconfirmed(&self) -> usize {
        self.outbox.len()
    }
}
