//! How a data logger obeys: 9011 whether it takes a request on, then its data, then 9012 how it went. Notices get 9013.

use bytes::Bytes;
use chengshu_core::model::Timestamp;

use super::{DataLogger, HOUR_MS};
use crate::codec::{Frame, Head, build, read_time, write_time};

/// Periods that one request brings at most.
const PERIODS_MAX: usize = 200;

const DAY_MS: i64 = 86_400_000;

/// What came of a request: a result for 9012, and what is told before it (command, CP).
type Told = (u32, Option<(u16, String)>);

impl DataLogger {
    pub(super) fn obey(&mut self, cn: u16, frame: &Frame<'_>, now: Timestamp) -> Vec<Bytes> {
        if let Some(refusal) = self.refusal(cn, frame) {
            return vec![self.reply(frame, "91", "9011", &format!("QnRtn={refusal}"))];
        }
        if matches!(cn, 2012 | 2022) {
            self.realtime &= cn != 2012;
            return vec![self.reply(frame, "91", "9013", "")];
        }
        // answered with the password that the request came with, also when it changes
        let taken = self.reply(frame, "91", "9011", "QnRtn=1");
        let (result, told) = self.execute(cn, frame, now);
        let mut out = vec![taken];
        if let Some((cn, cp)) = told {
            out.push(self.reply(frame, &self.st, &cn.to_string(), &cp));
        }
        out.extend(self.due(now));
        out.push(self.reply(frame, "91", "9012", &format!("ExeRtn={result}")));
        out
    }

    /// QnRtn other than 1, if it does not take the request on.
    fn refusal(&self, cn: u16, frame: &Frame<'_>) -> Option<u32> {
        if frame.pw != Some(self.pw.as_bytes()) {
            return Some(3);
        }
        if frame.mn != Some(self.mn.as_bytes()) {
            return Some(4);
        }
        let known = matches!(
            cn,
            1000 | 1011 | 1012 | 1061..=1064 | 1072 | 2011 | 2012 | 2021 | 2022 | 2031 | 2041 | 2051 | 2061
        );
        (!known && !matches!(cn, 3011..=3013 | 3019..=3021)).then_some(8)
    }

    fn execute(&mut self, cn: u16, frame: &Frame<'_>, now: Timestamp) -> Told {
        let text = |name: &str| frame.value(name.as_bytes()).map(|value| String::from_utf8_lossy(value).into_owned());
        let number = |name: &str, from: u32, to: u32| {
            text(name).and_then(|value| value.parse().ok()).filter(|value| (from..=to).contains(value))
        };
        let done = |ok: bool| (if ok { 1 } else { 3 }, None);
        match cn {
            1000 => {
                let (Some(over), Some(again)) = (number("OverTime", 1, 3600), number("ReCount", 0, 10)) else {
                    return done(false);
                };
                (self.timeout_ms, self.resends) = (i64::from(over) * 1000, again);
                done(true)
            }
            1011 => (1, Some((cn, format!("SystemTime={}", write_time(self.clock(now)))))),
            1012 => {
                let Some(set) = frame.value(b"SystemTime").and_then(read_time) else { return done(false) };
                // the protocol has whole seconds; the platform's fraction is lost
                let off = set.since(now);
                self.clock_off_ms = if off.abs() < 1000 { 0 } else { off };
                done(true)
            }
            1061 => (1, Some((cn, format!("RtdInterval={}", self.interval_s)))),
            1062 => {
                let set = number("RtdInterval", 30, 3600);
                (self.interval_s, self.paced) = (set.unwrap_or(self.interval_s), self.paced || set.is_some());
                done(set.is_some())
            }
            1063 => (1, Some((cn, format!("MinInterval={}", self.minute_ms / 60_000)))),
            1064 => {
                let set = number("MinInterval", 1, 30).filter(|minutes| 60 % minutes == 0);
                self.minute_ms = set.map_or(self.minute_ms, |minutes| i64::from(minutes) * 60_000);
                done(set.is_some())
            }
            1072 => {
                let set = text("NewPW").filter(|pw| (1..=9).contains(&pw.len()));
                let ok = set.is_some();
                self.pw = set.unwrap_or_else(|| self.pw.clone());
                done(ok)
            }
            2011 => {
                self.realtime = true;
                if self.latest.is_empty() {
                    return (100, None);
                }
                self.queue_latest(now);
                done(true)
            }
            2051 => self.history("2051", self.minute_ms, frame, now),
            2061 => self.history("2061", HOUR_MS, frame, now),
            2031 => self.history("2031", DAY_MS, frame, now),
            3011..=3013 | 3021 => done(frame.value(b"PolId").is_some()),
            3019 => {
                let pol = text("PolId").unwrap_or_else(|| "i1".to_owned());
                (1, Some((cn, format!("{pol}-SN={}", self.mn))))
            }
            3020 => {
                let info = text("InfoId").unwrap_or_else(|| "i11001".to_owned());
                (1, Some((cn, format!("DataTime={};{info}-Info=ok", write_time(self.clock(now))))))
            }
            // facility states and running hours: it has no facility
            _ => (100, None),
        }
    }

    fn history(&mut self, cn: &str, span_ms: i64, frame: &Frame<'_>, now: Timestamp) -> Told {
        let [from, to] = [b"BeginTime".as_slice(), b"EndTime"].map(|name| frame.value(name).and_then(read_time));
        let (Some(from), Some(to)) = (from, to) else { return (3, None) };
        let starts = self.store.starts(span_ms, from, to, self.clock(now));
        if starts.is_empty() {
            return (100, None);
        }
        for at in starts.into_iter().take(PERIODS_MAX) {
            let items = self.store.items(span_ms, at);
            self.queue(cn, &items, now);
        }
        (1, None)
    }

    /// An answer with the request's own number and password.
    fn reply(&self, frame: &Frame<'_>, st: &str, cn: &str, cp: &str) -> Bytes {
        let [qn, pw] = [frame.qn, frame.pw].map(|field| field.map(String::from_utf8_lossy));
        let (qn, pw) = (qn.as_deref(), pw.as_deref());
        build(&Head { qn, st, cn, pw, mn: Some(&self.mn), flag: Some(4), packet: None }, cp)
    }
}
