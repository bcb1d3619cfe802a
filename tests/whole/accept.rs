//! The examination of a device by the program itself: a simulated station connects, its confirmation is withheld, its line is
//! cut, it comes back; the report says so. On the machine's own clock.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::thread::spawn;
use std::time::{Duration, Instant};

use chengshu_sl651::{DeviceSetup, Sl651Device};
use chengshu_tests::world::{Field, GUARD, binary, now};

#[test]
fn a_good_station_is_examined_and_passes() {
    let dir = tempfile::tempdir().unwrap();
    let page = dir.path().join("report.html");
    let mut program = Command::new(binary::hub().unwrap())
        .args(["accept", "sl651", "--listen", "127.0.0.1:0", "--minutes", "1", "--lang", "en", "--person", "tester"])
        .arg("--report")
        .arg(&page)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut prompts = BufReader::new(program.stderr.take().unwrap());
    let mut first = String::new();
    prompts.read_line(&mut first).unwrap();
    let address = first.strip_prefix("listening on ").and_then(|rest| rest.split(';').next()).unwrap();
    let address: SocketAddr = address.parse().unwrap();
    let told = spawn(move || {
        let mut told = String::new();
        prompts.read_to_string(&mut told).map(|_| told)
    });

    let mut device = Box::new(Sl651Device::new(DeviceSetup { resend_ms: 2_000, ..DeviceSetup::default() }));
    let started = Instant::now();
    let status = loop {
        if let Some(status) = program.try_wait().unwrap() {
            break status;
        }
        assert!(started.elapsed() < 4 * GUARD, "the examination does not end");
        let Ok(mut field) = Field::tcp(device, address) else {
            // it has just ended
            break program.wait().unwrap();
        };
        let mut next = now().ms();
        // until it hangs up, on purpose or because all is done
        while field.pump().unwrap_or(false) {
            if now().ms() >= next {
                next += 1_500;
                if field.report(&[("level", 4.91), ("battery", 12.6)]).is_err() {
                    break;
                }
            }
        }
        device = field.hang_up();
        std::thread::sleep(Duration::from_millis(200));
    };

    let told = told.join().unwrap().unwrap();
    let mut said = String::new();
    program.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(status.success(), "{told}\n{said}");
    for words in
        ["Conclusion: PASSED", "SL-4417020001", "back after", "1 unconfirmed at the cut, 1 came again", "tester"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(told.contains("[3/9]") && told.contains("[9/9]"), "{told}");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("<h1>Device acceptance report</h1>") && page.contains("PASSED"));
}
