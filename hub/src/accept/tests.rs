//! Examinations of the simulated devices, good ones and ones made bad on purpose. In lock-step under a simulated clock, so
//! that a result depends on no machine; and by real sockets in `sockets`.

mod bad;
mod sockets;

use bytes::BytesMut;
use chengshu_core::model::Timestamp;
use chengshu_gb26875::Device;
use chengshu_hj212::DataLogger;
use chengshu_hj212::codec::Deviation;
use chengshu_line::Instrument;
use chengshu_line::proctor::{Check, Conclusion, Do, Lang, Proctor, Report, Step, Verdict, Weight, html, text};
use chengshu_sl651::Sl651Device;

use super::*;

/// A whole minute.
const START: i64 = 1_795_336_920_000;
const STEP_MS: i64 = 500;
/// Between two reports.
const INTERVAL_MS: i64 = 60_000;
/// What a device takes to connect anew.
const AGAIN_MS: i64 = 10_000;
/// No examination lasts longer.
const END_MS: i64 = 12 * 3_600_000;

/// What a device measures at its `n`th report.
type Measure = fn(i64) -> Vec<(&'static str, f64)>;

/// One device under examination.
struct Seat {
    protocol: &'static str,
    device: Box<dyn Instrument>,
    measure: Measure,
    /// Whether it connects again after its line was lost.
    comes_back: bool,
    udp: bool,
}

impl Seat {
    fn new(protocol: &'static str, device: impl Instrument + 'static, measure: Measure) -> Self {
        Self { protocol, device: Box::new(device), measure, comes_back: true, udp: false }
    }

    fn sl651(device: impl Instrument + 'static) -> Self {
        Self::new("sl651", device, level)
    }

    /// Examines it to the end.
    fn report(mut self) -> Report {
        let (exam, protocol) = exam(self.protocol, self.udp, 10.0).unwrap();
        let mut proctor = Proctor::new(exam, protocol, Timestamp::from_ms(START));
        let peer = "192.0.2.7:40001".parse().unwrap();
        let (mut conn, mut again, mut n) = (None, Some(START + 1_000), 0);
        let mut now = START;
        while proctor.step() != Step::Over {
            assert!(now < START + END_MS, "the examination does not end: {:?}", proctor.step());
            now += STEP_MS;
            let at = Timestamp::from_ms(now);
            let mut said = Vec::new();
            if again.is_some_and(|again| now >= again) {
                (conn, again) = (Some(proctor.connected(peer, at)), None);
                said.extend(self.device.connected(at));
            }
            if (now - START) % INTERVAL_MS == 0 {
                n += 1;
                said.extend(self.device.report(&(self.measure)(n), at));
            }
            said.extend(self.device.tick(at));
            let mut out = Vec::new();
            proctor.tick(at, &mut out);
            loop {
                for bytes in said.drain(..) {
                    if let Some(conn) = conn {
                        proctor.heard(conn, &bytes, at, &mut out);
                    }
                }
                if out.is_empty() {
                    break;
                }
                for act in std::mem::take(&mut out) {
                    match act {
                        Do::Send(to, bytes) if conn == Some(to) => {
                            said.extend(self.device.hear(&mut BytesMut::from(&bytes[..]), at));
                        }
                        Do::Cut(which) if conn == Some(which) => {
                            (conn, again) = (None, self.comes_back.then_some(now + AGAIN_MS));
                        }
                        _ => {}
                    }
                }
            }
        }
        proctor.report("王工", "0.1.0", Timestamp::from_ms(now))
    }
}

fn level(n: i64) -> Vec<(&'static str, f64)> {
    vec![("level", 4.9 + (n % 7) as f64 / 100.0), ("battery", 12.6)]
}

fn dust(n: i64) -> Vec<(&'static str, f64)> {
    vec![("pm10", 80.0 + (n % 9) as f64), ("wind_speed", 2.5)]
}

/// Smoke comes and goes.
fn fire(n: i64) -> Vec<(&'static str, f64)> {
    vec![("fire", (n % 2) as f64)]
}

/// Which mandatory checks failed.
fn failed(report: &Report) -> Vec<&'static str> {
    report.with(Verdict::Failed, Weight::Mandatory).map(Check::code).collect()
}

/// Exactly these mandatory checks failed.
#[track_caller]
fn fails(report: &Report, codes: &[&str]) {
    assert_eq!(failed(report), codes, "{}", text(report, Lang::En));
    assert_eq!(report.conclusion(), Conclusion::Failed);
}

/// It passed, with nothing to advise, and nothing mandatory unseen.
#[track_caller]
fn passes(report: &Report) {
    let text = text(report, Lang::En);
    assert_eq!(report.conclusion(), Conclusion::Passed, "{text}");
    assert_eq!(report.with(Verdict::Failed, Weight::Advice).count(), 0, "{text}");
}

#[test]
fn a_good_device_of_each_protocol_passes() {
    passes(&Seat::sl651(Sl651Device::new(chengshu_sl651::DeviceSetup::default())).report());
    passes(&Seat::new("hj212", DataLogger::new("010000A8900016F000169DC0", "39"), dust).report());
    passes(&Seat::new("gb26875", Device::new(chengshu_gb26875::DeviceSetup::default()), fire).report());
    // no such component: the device says it of itself, as its heartbeats do
    let own = |n: i64| vec![("fire@1", (n % 2) as f64)];
    passes(&Seat::new("gb26875", Device::new(chengshu_gb26875::DeviceSetup::default()), own).report());
}

#[test]
fn over_udp_nothing_is_cut_and_nothing_is_missing_for_it() {
    let device = Sl651Device::new(chengshu_sl651::DeviceSetup::default());
    let report = Seat { udp: true, ..Seat::sl651(device) }.report();
    passes(&report);
    assert_eq!(report.of(Check::NothingLost).unwrap().verdict, Verdict::NotSeen);
}

#[test]
fn what_never_came_is_not_passed() {
    let report = Seat::sl651(Sl651Device::new(chengshu_sl651::DeviceSetup::default())).report();
    for check in [Check::Alarm, Check::Picture] {
        assert_eq!(report.of(check).unwrap().verdict, Verdict::NotSeen);
    }
    let (exam, protocol) = exam("sl651", false, 10.0).unwrap();
    let mut nobody = Proctor::new(exam, protocol, Timestamp::from_ms(START));
    nobody.tick(Timestamp::from_ms(START + 600_000), &mut Vec::new());
    assert_eq!(nobody.step(), Step::Over);
    let report = nobody.report("", "0", Timestamp::from_ms(START + 600_000));
    fails(&report, &["connects"]);
    assert_eq!(report.findings.iter().filter(|found| found.verdict == Verdict::Passed).count(), 0);
}

#[test]
fn the_page_stands_alone_and_says_everything_in_both_languages() {
    let report = Seat::sl651(Sl651Device::new(chengshu_sl651::DeviceSetup::default())).report();
    for lang in [Lang::Zh, Lang::En] {
        let (page, words) = (html(&report, lang), text(&report, lang));
        assert!(!page.contains("http") && !page.contains("<script"), "{page}");
        for check in Check::ALL {
            let name = check.name();
            assert!(page.contains(lang.of(&name)) && words.contains(lang.of(&name)), "{}", check.code());
        }
        for said in ["SL-4417020001", "192.0.2.7:40001", "SL 651-2014", "王工", "0.1.0"] {
            assert!(page.contains(said) && words.contains(said), "{said}");
        }
    }
    let chinese = |text: &str| text.chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
    for finding in &report.findings {
        assert!(!chinese(&finding.expected.en), "{}", finding.expected.en);
        assert!(finding.seen.iter().all(|seen| !chinese(&seen.en)), "{:?}", finding.seen);
    }
}

#[test]
fn every_code_that_is_counted_has_words() {
    let (exam, _) = exam("hj212", false, 1.0).unwrap();
    for deviation in Deviation::ALL {
        assert!((exam.meaning)(deviation.code()).is_some(), "{}", deviation.code());
    }
}

#[test]
fn a_wrong_order_is_refused_before_anybody_climbs() {
    let words = |udp, minutes| exam("hj212", udp, minutes).err().unwrap().to_string();
    assert!(words(true, 10.0).contains("--udp"));
    assert!(words(false, f64::NAN).contains("--minutes"));
}
