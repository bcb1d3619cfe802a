//! D17 live: however a stream is cut or soiled, the same reports are stored; what is no frame is set aside with its bytes;
//! who says nothing is turned away, and who speaks by another's name is heard and counted.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use chengshu_core::model::Timestamp;
use chengshu_tests::scenario::even_with_heartbeats;
use chengshu_tests::world::{Database, GUARD, Hub, counted, listening, more_files, now, until, whole};

use super::{LINES, PROTOCOLS, Protocol};

/// What a peer's buffer holds at most, bytes.
const COALESCED: usize = 64 * 1024;

/// The report of device `n` on its `k`-th minute before now, as the bytes of a connection of its own.
fn frame(protocol: &Protocol, n: u8, k: i64, value: f64) -> Vec<u8> {
    let at = Timestamp::from_ms(now().ms() - k * 60_000);
    (protocol.device)(n).report(&[(protocol.metric, value)], at).concat()
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(GUARD)).unwrap();
    stream.set_write_timeout(Some(GUARD)).unwrap();
    stream
}

/// Waits until so many values of device `n` are stored.
fn stored(protocol: &Protocol, database: &Database, n: u8, count: usize) {
    let id = (protocol.id)(n);
    let rows = || database.rows().unwrap().iter().filter(|row| row.0 == id && row.1 == protocol.metric).count();
    until("every report is stored", GUARD, || (rows() >= count).then_some(())).unwrap_or_else(|error| {
        panic!("{id}: {} of {count}; {error}", rows());
    });
    assert_eq!(rows(), count, "{id}");
}

/// As the API shows bytes.
fn shown(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let group = (0..3).fold(0_u32, |sum, k| sum << 8 | u32::from(three.get(k).copied().unwrap_or(0)));
        for k in 0..4 {
            let digit = DIGITS[(group >> (18 - 6 * k)) as usize & 63];
            out.push(if k <= three.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

/// Waits until these bytes are set aside.
fn set_aside(hub: &Hub, protocol: &Protocol, bytes: &[u8]) {
    let path = format!("/api/v1/rejected?link={}&reason=undecodable", protocol.link);
    let raw = shown(bytes);
    until("the bytes are set aside", GUARD, || {
        let page = hub.get(&path).ok()?;
        page["rejected"].as_array()?.iter().any(|row| row["raw"] == raw.as_str()).then_some(())
    })
    .unwrap_or_else(|error| panic!("{} {raw}: {error}\n{}", protocol.link, hub.get(&path).unwrap()));
}

#[test]
fn d17_live_however_the_stream_is_cut_the_same_reports_are_stored() {
    let (_world, database, _broker, hub) = whole(LINES);
    for protocol in &PROTOCOLS {
        let address = listening(&hub, protocol.link, protocol.ways).unwrap()[0];
        // one byte at a time
        let mut stream = connect(address);
        for byte in frame(protocol, 1, 0, 1.0) {
            stream.write_all(&[byte]).unwrap();
            std::thread::sleep(Duration::from_micros(200));
        }
        stored(protocol, &database, 1, 1);
        // coalesced: more than a buffer holds in one piece, and a rest that its end makes whole
        let mut bytes = Vec::new();
        let mut count = 0;
        while bytes.len() <= COALESCED {
            bytes.extend(frame(protocol, 2, count as i64, f64::from(count as u16 % 40)));
            count += 1;
        }
        stream.write_all(&bytes).unwrap();
        stored(protocol, &database, 2, count);
        // cut by the loss of the connection: the half is set aside, the whole comes by a new one
        let whole = frame(protocol, 3, 0, 3.0);
        let half = &whole[..whole.len() / 2];
        let mut stream = connect(address);
        stream.write_all(half).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        set_aside(&hub, protocol, half);
        connect(address).write_all(&whole).unwrap();
        stored(protocol, &database, 3, 1);
    }
    even_with_heartbeats(&hub, &database).unwrap();
}

#[test]
fn d17_live_garbage_before_and_between_frames_is_set_aside() {
    let (_world, database, _broker, hub) = whole(LINES);
    for protocol in &PROTOCOLS {
        let address = listening(&hub, protocol.link, protocol.ways).unwrap()[0];
        let (first, second) = (frame(protocol, 1, 2, 1.0), frame(protocol, 1, 1, 2.0));
        let bytes = [b"AT+CSQ: 17".as_slice(), &first, b"RING \xFF\xFE", &second].concat();
        let mut stream = connect(address);
        stream.write_all(&bytes).unwrap();
        stored(protocol, &database, 1, 2);
        set_aside(&hub, protocol, b"AT+CSQ: 17");
        set_aside(&hub, protocol, b"RING \xFF\xFE");
        assert!(counted(&hub, protocol.link, "garbage").unwrap() >= 2);
        // the same in single bytes, on a connection that goes on
        for byte in [b"NO CARRIER".as_slice(), &frame(protocol, 1, 3, 3.0)].concat() {
            stream.write_all(&[byte]).unwrap();
        }
        stored(protocol, &database, 1, 3);
        set_aside(&hub, protocol, b"NO CARRIER");
    }
    even_with_heartbeats(&hub, &database).unwrap();
}

#[test]
fn d17_live_a_thousand_silent_connections_are_closed_and_a_speaking_one_goes_on() {
    more_files().unwrap();
    let (_world, database, _broker, hub) = whole(&LINES.replace("[[line]]", "[[line]]\nfirst_word_s = 3"));
    for protocol in &PROTOCOLS {
        let address = listening(&hub, protocol.link, protocol.ways).unwrap()[0];
        let mut speaking = protocol.confirmed(&hub, 1);
        let silent: Vec<TcpStream> = (0..1_000).map(|_| connect(address)).collect();
        for mut stream in silent {
            assert_eq!(stream.read(&mut [0]).unwrap(), 0, "closed without a word");
        }
        assert!(speaking.pump().unwrap());
        assert_eq!(counted(&hub, protocol.link, "silent").unwrap(), 1_000, "{}", protocol.link);
        let earlier = Timestamp::from_ms(now().ms() - 300_000);
        speaking.say(|device, _| device.report(&[(protocol.metric, 2.0)], earlier)).unwrap();
        speaking.confirmed().unwrap();
        stored(protocol, &database, 1, 2);
    }
}

#[test]
fn d17_live_two_connections_of_one_name_are_both_kept_and_counted() {
    let (_world, database, _broker, hub) = whole(LINES);
    for protocol in &PROTOCOLS {
        let mut first = protocol.confirmed(&hub, 1);
        // another connection speaks for another device, then by the name of the first
        let mut second = protocol.confirmed(&hub, 2);
        let forged = frame(protocol, 1, 5, 5.0);
        second.say(|_, _| vec![forged.into()]).unwrap();
        stored(protocol, &database, 1, 2);
        assert_eq!(counted(&hub, protocol.link, "address_changed").unwrap(), 1, "{}", protocol.link);
        assert_eq!(counted(&hub, protocol.link, "address_taken").unwrap(), 1, "{}", protocol.link);
        // neither is turned away
        for (field, minute) in [(&mut first, 7), (&mut second, 9)] {
            let at = Timestamp::from_ms(now().ms() - minute * 60_000);
            field.say(|device, _| device.report(&[(protocol.metric, 7.0)], at)).unwrap();
            field.confirmed().unwrap();
        }
        stored(protocol, &database, 1, 3);
        stored(protocol, &database, 2, 2);
    }
    even_with_heartbeats(&hub, &database).unwrap();
}
