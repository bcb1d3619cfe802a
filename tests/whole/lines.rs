//! Field lines with the real hub: simulated devices of each protocol over real sockets. What was confirmed is kept whatever
//! dies, what was not is sent again and stored once; fires, gaps and pictures arrive by their own protocol.

mod orders;
mod streams;

use chengshu_core::model::Timestamp;
use chengshu_gb26875::Device as Transmitter;
use chengshu_hj212::DataLogger;
use chengshu_line::Instrument;
use chengshu_sl651::codec::Station;
use chengshu_sl651::{DeviceSetup, Sl651Device};
use chengshu_tests::scenario::even_with_heartbeats;
use chengshu_tests::world::{Database, Field, GUARD, Hub, counted, listening, now, until, whole};
use serde_json::{Value, json};

const LINES: &str = r#"
[[line]]
protocol = "sl651"
tcp = "127.0.0.1:0"
udp = "127.0.0.1:0"
[[line]]
protocol = "gb26875"
tcp = "127.0.0.1:0"
udp = "127.0.0.1:0"
[[line]]
protocol = "hj212"
tcp = "127.0.0.1:0"
"#;

fn station_off(n: u8, clock_off_ms: i64) -> Sl651Device {
    let station = Station([0x44, 0x17, 0x02, 0x00, n / 10 * 16 + n % 10]);
    Sl651Device::new(DeviceSetup { station, clock_off_ms, ..DeviceSetup::default() })
}

fn station(n: u8) -> Sl651Device {
    station_off(n, 0)
}

fn transmitter(n: u8) -> Transmitter {
    let address = [n, 0, 0, 0, 0, 0];
    Transmitter::new(chengshu_gb26875::DeviceSetup { address, ..chengshu_gb26875::DeviceSetup::default() })
}

fn logger(n: u8) -> DataLogger {
    DataLogger::new(&format!("CSTEST{n:04}"), "39")
}

/// One protocol: its line, a device of it, and what the hub calls the device that has the metric.
struct Protocol {
    link: &'static str,
    ways: usize,
    device: fn(u8) -> Box<dyn Instrument>,
    id: fn(u8) -> String,
    metric: &'static str,
    kind: &'static str,
}

const PROTOCOLS: [Protocol; 3] = [
    Protocol {
        link: "sl651:main",
        ways: 2,
        device: |n| Box::new(station(n)),
        id: |n| format!("SL-44170200{n:02}"),
        metric: "level",
        kind: "river_station",
    },
    Protocol {
        link: "gb26875:main",
        ways: 2,
        device: |n| Box::new(transmitter(n)),
        id: |n| format!("GB-{n:02X}0000000000-1-1-42-01000100"),
        metric: "temperature",
        kind: "fire_component",
    },
    Protocol {
        link: "hj212:main",
        ways: 1,
        device: |n| Box::new(logger(n)),
        id: |n| format!("HJ-CSTEST{n:04}"),
        metric: "pm10",
        kind: "dust_monitor",
    },
];

impl Protocol {
    fn connect(&self, hub: &Hub, device: Box<dyn Instrument>) -> Field<dyn Instrument> {
        Field::tcp(device, listening(hub, self.link, self.ways).unwrap()[0]).unwrap()
    }

    /// A new device reports, and hears that it arrived.
    fn confirmed(&self, hub: &Hub, n: u8) -> Field<dyn Instrument> {
        let mut field = self.connect(hub, (self.device)(n));
        field.report(&[(self.metric, f64::from(n))]).unwrap();
        field.confirmed().unwrap();
        field
    }

    /// How often the value of device `n` is stored.
    fn stored(&self, database: &Database, n: u8) -> usize {
        let (id, rows) = ((self.id)(n), database.rows().unwrap());
        rows.iter().filter(|row| (row.0.as_str(), row.1.as_str(), row.2) == (&id, self.metric, f64::from(n))).count()
    }
}

#[test]
fn a_device_of_each_protocol_arrives_by_its_own_line() {
    let (_world, database, _broker, hub) = whole(LINES);
    for protocol in &PROTOCOLS {
        let addresses = listening(&hub, protocol.link, protocol.ways).unwrap();
        let tcp = protocol.confirmed(&hub, 11);
        let udp = addresses.get(1).map(|address| {
            let mut field = Field::udp((protocol.device)(12), *address).unwrap();
            field.report(&[(protocol.metric, 12.0)]).unwrap();
            field.confirmed().unwrap();
            field
        });
        for (n, field) in [(11, Some(tcp)), (12, udp)] {
            let Some(mut field) = field else { continue };
            let id = (protocol.id)(n);
            assert_eq!(hub.latest(&id, protocol.metric), Some(f64::from(n)), "{id}: confirmed is stored");
            let device = hub.get(&format!("/api/v1/devices/{id}")).unwrap();
            assert_eq!((&device["kind"], &device["link"]), (&json!(protocol.kind), &json!(protocol.link)), "{device}");
            assert!(field.pump().unwrap(), "the line stays");
        }
    }
    let sums = even_with_heartbeats(&hub, &database).unwrap();
    assert_eq!((sums.rejected, sums.conflict, sums.duplicate), (0, 0, 0), "{sums:?}");
    assert!(sums.stored >= 5, "{sums:?}");
}

#[test]
fn what_was_confirmed_survives_the_death_of_the_hub() {
    let (_world, database, _broker, mut hub) = whole(LINES);
    for round in 0..3 {
        let fields: Vec<_> = PROTOCOLS.iter().map(|protocol| protocol.confirmed(&hub, 20 + round)).collect();
        hub.kill();
        drop(fields);
        hub.up().unwrap();
    }
    let stored = |n| PROTOCOLS.iter().map(|protocol| protocol.stored(&database, n)).collect::<Vec<_>>();
    for round in 0..3 {
        until("what was confirmed is there", GUARD, || (stored(20 + round) == [1, 1, 1]).then_some(())).unwrap();
    }
    even_with_heartbeats(&hub, &database).unwrap();
}

#[test]
fn without_a_database_the_spool_has_it_before_the_device_hears_so() {
    let (_world, mut database, _broker, mut hub) = whole(LINES);
    PROTOCOLS.iter().for_each(|protocol| drop(protocol.confirmed(&hub, 30)));
    let spooled = |hub: &Hub| hub.get("/api/v1/status").unwrap()["spool"]["readings"].as_u64().unwrap_or(0);
    database.down();
    for (n, protocol) in PROTOCOLS.iter().enumerate() {
        // one that is known reports something new, and one that nobody has ever heard of
        for device in [30, 31] {
            let before = spooled(&hub);
            let mut field = protocol.connect(&hub, (protocol.device)(device));
            let value = f64::from(device) + 5.0;
            let later = Timestamp::from_ms(now().ms() - 180_000);
            field.say(|it, _| it.report(&[(protocol.metric, value)], later)).unwrap();
            field.confirmed().unwrap();
            assert!(
                spooled(&hub) > before,
                "{}, device {device} of {n}: confirmed and not in the spool",
                protocol.link
            );
        }
    }
    hub.kill();
    hub.alive().unwrap();
    assert_eq!(hub.ask("/readyz", None).unwrap().0, 503, "the database is still away");
    database.up().unwrap();
    hub.wait_ready().unwrap();
    for protocol in &PROTOCOLS {
        for device in [30, 31] {
            let (id, value) = ((protocol.id)(device), f64::from(device) + 5.0);
            until("what was in the spool is in the database", GUARD, || {
                let row = (id.clone(), protocol.metric.to_owned(), value);
                database.rows().ok()?.contains(&row).then_some(())
            })
            .unwrap();
        }
    }
    even_with_heartbeats(&hub, &database).unwrap();
}

#[test]
fn a_lost_confirmation_makes_no_double_rows() {
    let (_world, database, _broker, hub) = whole(LINES);
    for protocol in &PROTOCOLS {
        let mut field = protocol.connect(&hub, (protocol.device)(41));
        field.report(&[(protocol.metric, 41.0)]).unwrap();
        until("it is stored", GUARD, || (protocol.stored(&database, 41) == 1).then_some(())).unwrap();
        let device = field.hang_up();
        assert_eq!(device.unconfirmed(), 1, "it heard nothing");
        let mut field = protocol.connect(&hub, device);
        field.confirmed().unwrap();
        assert_eq!(protocol.stored(&database, 41), 1, "{}", protocol.link);
    }
    // what the hub derives from two reports comes once, too
    let rain = |clock_off_ms, mm: f64| {
        let mut device: Box<dyn Instrument> = Box::new(station_off(42, clock_off_ms));
        drop(device.report(&[("rain_total", mm)], now())); // kept, and sent when it has connected
        PROTOCOLS[0].connect(&hub, device)
    };
    rain(-300_000, 100.0).confirmed().unwrap();
    let field = rain(0, 102.5);
    let steps = || {
        let rows = database.rows().unwrap();
        rows.into_iter().filter(|row| row.1 == "rain_step").map(|row| row.2).collect::<Vec<_>>()
    };
    until("the step is stored", GUARD, || (steps() == [2.5]).then_some(())).unwrap();
    PROTOCOLS[0].connect(&hub, field.hang_up()).confirmed().unwrap();
    assert_eq!(steps(), [2.5]);
    let sums = even_with_heartbeats(&hub, &database).unwrap();
    assert_eq!((sums.conflict, sums.rejected), (0, 0), "{sums:?}");
    assert!(sums.duplicate >= 4, "{sums:?}");
}

fn alarms(hub: &Hub, active: bool, device: &str) -> Vec<Value> {
    let page = hub.get(&format!("/api/v1/alarms?active={active}&device={device}")).unwrap();
    page["alarms"].as_array().unwrap().clone()
}

#[test]
fn a_fire_with_the_test_bit_is_a_fire() {
    let (_world, _database, _broker, hub) = whole(LINES);
    let protocol = &PROTOCOLS[1];
    let (component, mut field) = ((protocol.id)(51), protocol.connect(&hub, (protocol.device)(51)));
    let before = |seconds: i64| Timestamp::from_ms(now().ms() - seconds * 1000);
    let fire = (*field.device).report(&[("fire", 1.0)], before(10));
    let state = [42, 1, 0, 1, 0, 2, 0]; // type, address; bit 1 is set and bit 0 is not
    assert!(fire[0].windows(7).any(|bytes| bytes == state), "{fire:02x?}");
    field.say(|_, _| fire).unwrap();
    field.confirmed().unwrap();
    let raised = until("the alarm is raised", GUARD, || alarms(&hub, true, &component).pop()).unwrap();
    assert_eq!((&raised["rule"], &raised["metric"]), (&json!("fire.component_fire"), &json!("fire")), "{raised}");
    field.say(|it, _| it.report(&[("fire", 0.0)], before(5))).unwrap();
    field.confirmed().unwrap();
    until("the alarm is over", GUARD, || alarms(&hub, true, &component).is_empty().then_some(())).unwrap();
    assert_eq!(alarms(&hub, false, &component)[0]["id"], raised["id"]);
}

/// A logger that has measured for these minutes and told nobody.
fn mute(n: u8, minutes: std::ops::Range<i64>) -> Box<dyn Instrument> {
    let mut device = logger(n);
    for minute in minutes {
        device.measure(&[("pm10", 40.0)], Timestamp::from_ms(now().ms() - minute * 60_000));
    }
    Box::new(device)
}

#[test]
fn after_an_outage_the_gap_is_asked_for_and_filled() {
    let (_world, database, _broker, mut hub) = whole(LINES);
    let protocol = &PROTOCOLS[2];
    let last_heard = |hub: &Hub, n| {
        let mut field = protocol.connect(hub, (protocol.device)(n));
        field.say(|it, _| it.report(&[("pm10", 40.0)], Timestamp::from_ms(now().ms() - 3 * 3_600_000))).unwrap();
        field.confirmed().unwrap();
    };
    // the second one's outage is the hub's own
    last_heard(&hub, 61);
    last_heard(&hub, 62);
    for n in [61, 62] {
        if n == 62 {
            hub.kill();
            hub.up().unwrap();
        }
        let mut field = protocol.connect(&hub, mute(n, 0..180));
        field.report(&[("pm10", 41.0)]).unwrap();
        let id = (protocol.id)(n);
        field
            .until("the gap is filled", |_| {
                let rows = database.rows().ok()?;
                // three hours of ten minutes each, but for the first, which was told of, and the last, which goes on
                let told = rows.iter().filter(|row| row.0 == id && row.1 == "pm10_minute").count();
                (told >= 16).then_some(())
            })
            .unwrap_or_else(|error| panic!("{id}: {error}"));
        assert!(counted(&hub, protocol.link, "gap_asked").unwrap() > 0);
    }
}

#[test]
fn a_picture_of_a_station_is_evidence() {
    let (_world, _database, _broker, hub) = whole(LINES);
    let address = listening(&hub, "sl651:main", 2).unwrap()[0];
    let jpeg: Vec<u8> = [0xFF, 0xD8, 0xFF, 0xE0].into_iter().chain((0..9_000).map(|n| (n * 7 % 251) as u8)).collect();
    let mut field = Field::tcp(Box::new(station(71)), address).unwrap();
    field.say(|device, now| device.picture(&jpeg, now)).unwrap();
    field.confirmed().unwrap();
    let photos = hub.get("/api/v1/devices/SL-4417020071/photos").unwrap()["photos"].clone();
    assert_eq!((photos.as_array().unwrap().len(), &photos[0]["caller"]), (1, &json!("device")), "{photos}");
    assert_eq!((&photos[0]["media"], &photos[0]["bytes"]), (&json!("image/jpeg"), &json!(jpeg.len())));
    let path = format!("/api/v1/devices/SL-4417020071/photos/{}", photos[0]["hash"].as_str().unwrap());
    assert_eq!(hub.download(&path).unwrap(), jpeg);
}
