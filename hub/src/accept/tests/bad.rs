//! Devices that are bad on purpose: each fails what it is bad at, by name, and nothing else.

use bytes::Bytes;
use chengshu_sl651::DeviceSetup;
use chengshu_sl651::codec::Station;

use super::*;

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Twist {
    /// Answers no command.
    Mute,
    /// Its store is empty after the line was lost.
    Forgets,
    /// The fifth report has a wrong check sum when it is first sent.
    Checksum,
    /// Sends every report once more, whatever it heard.
    Twice,
    /// The fifth report comes from another station.
    Stranger,
    /// Answers one command of all: the clock.
    Taciturn,
    /// Sends everything that it sends again five times at once.
    Burst,
}

struct Bad {
    device: Sl651Device,
    twist: Twist,
    reports: u32,
    last: Option<(Timestamp, Vec<Bytes>)>,
}

fn bad(twist: Twist) -> Seat {
    Seat::sl651(Bad { device: station(|_| {}), twist, reports: 0, last: None })
}

fn station(change: impl FnOnce(&mut DeviceSetup)) -> Sl651Device {
    let mut setup = DeviceSetup::default();
    change(&mut setup);
    Sl651Device::new(setup)
}

impl Instrument for Bad {
    fn connected(&mut self, now: Timestamp) -> Vec<Bytes> {
        if self.twist == Twist::Forgets {
            self.device = station(|_| {});
        }
        self.device.connected(now)
    }

    fn report(&mut self, values: &[(&str, f64)], now: Timestamp) -> Vec<Bytes> {
        self.reports += 1;
        let mut said = self.device.report(values, now);
        match self.twist {
            Twist::Checksum if self.reports == 5 => {
                for frame in &mut said {
                    let mut bytes = frame.to_vec();
                    *bytes.last_mut().unwrap() ^= 1;
                    *frame = bytes.into();
                }
            }
            Twist::Stranger if self.reports == 5 => {
                let mut stranger = station(|setup| setup.station = Station([0x44, 0x17, 0x02, 0x00, 0x99]));
                said.extend(stranger.report(values, now));
            }
            Twist::Twice => self.last = Some((now, said.clone())),
            _ => {}
        }
        said
    }

    fn hear(&mut self, buffer: &mut BytesMut, now: Timestamp) -> Vec<Bytes> {
        // function 4A sets the clock; a frame of the centre that ends with ENQ is a command
        let command = buffer.len() > 10 && buffer[buffer.len() - 3] == 0x05;
        let deaf = match self.twist {
            Twist::Mute => command,
            Twist::Taciturn => command && buffer[10] != 0x4A,
            _ => false,
        };
        if deaf { Vec::new() } else { self.device.hear(buffer, now) }
    }

    fn tick(&mut self, now: Timestamp) -> Vec<Bytes> {
        let mut said = self.device.tick(now);
        if self.twist == Twist::Burst {
            said = std::iter::repeat_n(said, 5).flatten().collect();
        }
        if let Some((_, last)) = self.last.take_if(|(at, _)| now.since(*at) >= 20_000) {
            said.extend(last);
        }
        said
    }

    fn unconfirmed(&self) -> usize {
        self.device.unconfirmed()
    }
}

#[test]
fn one_that_never_sends_again_on_its_line() {
    let report = Seat::sl651(station(|setup| setup.resends = 0)).report();
    fails(&report, &["resends"]);
    assert!(!report.of(Check::Resends).unwrap().samples.is_empty());
    assert!(html(&report, Lang::Zh).contains("7E7E"), "what failed is shown with its bytes");
}

#[test]
fn one_that_sends_again_late_or_too_often_is_told_so() {
    let late = Seat::sl651(station(|setup| setup.resend_ms = 90_000)).report();
    for report in [late, bad(Twist::Burst).report()] {
        assert_eq!(report.conclusion(), Conclusion::Passed, "{}", text(&report, Lang::En));
        assert_eq!(report.with(Verdict::Failed, Weight::Advice).collect::<Vec<_>>(), [Check::Resends]);
    }
}

#[test]
fn one_with_a_wrong_clock() {
    for off_ms in [7_200_000, -7_200_000] {
        fails(&Seat::sl651(station(|setup| setup.clock_off_ms = off_ms)).report(), &["clock"]);
    }
    let report = Seat::sl651(station(|setup| setup.clock_off_ms = -300_000)).report();
    assert_eq!(report.conclusion(), Conclusion::Passed, "{}", text(&report, Lang::En));
    assert_eq!(report.with(Verdict::Failed, Weight::Advice).collect::<Vec<_>>(), [Check::Clock]);
    let mut logger = DataLogger::new("010000A8900016F000169DC0", "39");
    logger.put_clock_off(180_000);
    fails(&Seat::new("hj212", logger, dust).report(), &["clock"]);
}

#[test]
fn one_that_does_not_come_back() {
    let report = Seat { comes_back: false, ..Seat::sl651(station(|_| {})) }.report();
    fails(&report, &["comes_back"]);
    assert_eq!(report.of(Check::NothingLost).unwrap().verdict, Verdict::NotSeen);
}

#[test]
fn one_that_forgets_when_its_line_is_lost() {
    fails(&bad(Twist::Forgets).report(), &["nothing_lost"]);
}

#[test]
fn one_that_answers_nothing() {
    fails(&bad(Twist::Mute).report(), &["answers", "set_clock"]);
    fails(&bad(Twist::Taciturn).report(), &["answers"]);
}

#[test]
fn one_with_a_bad_check_sum_once() {
    let report = bad(Twist::Checksum).report();
    fails(&report, &["deviations"]);
    let found = report.of(Check::Deviations).unwrap();
    assert!(found.seen.iter().any(|seen| seen.en.contains("crc × 1")), "{found:?}");
    assert!(!found.samples.is_empty());
}

#[test]
fn one_that_repeats_what_was_confirmed() {
    fails(&bad(Twist::Twice).report(), &["confirmed"]);
}

#[test]
fn one_that_speaks_for_two() {
    fails(&bad(Twist::Stranger).report(), &["identity"]);
}

#[test]
fn one_with_impossible_values() {
    let seat = Seat {
        measure: |n| vec![("level", 5.0), ("battery", if n == 4 { 99.0 } else { 12.0 })],
        ..Seat::sl651(station(|_| {}))
    };
    fails(&seat.report(), &["values"]);
}

#[test]
fn what_a_device_says_cannot_break_the_page() {
    let mut report = Seat::sl651(station(|_| {})).report();
    report.head.device = Some("<script>alert(1)</script>".to_owned());
    assert!(!html(&report, Lang::En).contains("<script"));
}
