//! The examination of a device by the program itself: a simulated station connects, its confirmation is withheld, its line is
//! cut, it comes back; the report says so. On the machine's own clock.

use std::net::TcpListener;
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

use chengshu_sl651::{DeviceSetup, Sl651Device};
use chengshu_tests::world::{Field, GUARD, chengshu, now};

/// Between two reports, ms.
const EVERY_MS: i64 = 1_500;

#[test]
fn a_good_station_is_examined_and_passes() {
    let dir = tempfile::tempdir().unwrap();
    let page = dir.path().join("report.html");
    let to = page.to_str().unwrap().to_owned();
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let examination = spawn(move || {
        let listen = address.to_string();
        let how = ["--listen", &listen, "--minutes", "1", "--report", &to, "--lang", "en", "--person", "tester"];
        chengshu(&[&["accept", "sl651"], &how[..]].concat())
    });

    let mut device = None;
    let (mut connected, mut level) = (None, 4.0);
    while !examination.is_finished() {
        // building the program may take its time; the examination may not
        let late = connected.is_some_and(|since: Instant| since.elapsed() > 4 * GUARD);
        assert!(!late, "the examination does not end");
        let station = device
            .take()
            .unwrap_or_else(|| Box::new(Sl651Device::new(DeviceSetup { resend_ms: 2_000, ..DeviceSetup::default() })));
        // not listening yet, or not any more
        let Ok(mut field) = Field::tcp(station, address) else {
            sleep(Duration::from_millis(100));
            continue;
        };
        connected.get_or_insert_with(Instant::now);
        let mut next = now().ms();
        // until it hangs up, on purpose or because all is done
        while field.pump().unwrap_or(false) {
            if now().ms() >= next {
                next += EVERY_MS;
                level += 0.01; // times are to the minute: only another value is another report
                if field.report(&[("level", level), ("battery", 12.6)]).is_err() {
                    break;
                }
            }
        }
        device = Some(field.hang_up());
    }

    let said = examination.join().unwrap().unwrap();
    assert!(said.good, "{}\n{}", said.error, said.out);
    for words in
        ["Conclusion: PASSED", "SL-4417020001", "back after", "1 unconfirmed at the cut, 1 came again", "tester"]
    {
        assert!(said.out.contains(words), "{words}: {}", said.out);
    }
    assert!(said.error.contains("[3/9]") && said.error.contains("[9/9]"), "{}", said.error);
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("<h1>Device acceptance report</h1>") && page.contains("PASSED"));
}
