//! D06: commands against a broker that withholds an acknowledgement, lets the packet ids come round, and forgets the session.
//! The broker is a fake, because no real one can be asked to do so; it speaks MQTT 3.1.1.

use std::sync::Arc;
use std::time::Duration;

use chengshu_core::model::{CommandId, DeviceId, LinkId, Order, Progress, ThemeId, TimeLimits, Timestamp};
use chengshu_core::seam::{
    AdapterContext, Clock, Evidence, Kept, Link, NotKept, OrderReports, OrderSink, Picture, intake, notices, order_desk,
};
use futures_util::future::BoxFuture;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::{MqttConfig, MqttVersion, run};

/// A clock on which time passes a hundred times as fast.
struct Fast;

#[allow(clippy::disallowed_methods)] // a clock is made of the real one
impl Clock for Fast {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(self.monotonic().as_millis() as i64)
    }

    fn monotonic(&self) -> Duration {
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap() * 100
    }

    fn sleep(&self, span: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(span / 100))
    }
}

struct NoShelf;

impl Evidence for NoShelf {
    fn keep(&self, _: Picture) -> BoxFuture<'static, Result<Kept, NotKept>> {
        Box::pin(async { Err(NotKept { code: "none", words: String::new(), lasting: true }) })
    }
}

/// One connection at the fake broker.
struct Peer {
    stream: TcpStream,
}

impl Peer {
    /// Accepts, answers CONNECT and SUBSCRIBE.
    async fn accept(listener: &TcpListener, session_present: bool) -> Self {
        let (stream, _) = listener.accept().await.unwrap();
        let mut peer = Self { stream };
        assert_eq!(peer.packet().await.0 >> 4, 1, "CONNECT");
        peer.stream.write_all(&[0x20, 2, u8::from(session_present), 0]).await.unwrap();
        peer
    }

    async fn subscribed(&mut self) {
        let (kind, body) = self.packet().await;
        assert_eq!(kind >> 4, 8, "SUBSCRIBE");
        self.stream.write_all(&[0x90, 3, body[0], body[1], 1]).await.unwrap();
    }

    /// The next packet: its first byte and its body.
    async fn packet(&mut self) -> (u8, Vec<u8>) {
        let Ok(first) = self.stream.read_u8().await else { std::future::pending().await }; // it has gone
        let (mut length, mut shift) = (0_usize, 0);
        loop {
            let byte = self.stream.read_u8().await.unwrap();
            length |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.unwrap();
        (first, body)
    }

    /// The next command: its packet id and its number. Answers pings on the way.
    async fn command(&mut self) -> (u16, i64) {
        loop {
            let (kind, body) = self.packet().await;
            if kind >> 4 == 12 {
                self.stream.write_all(&[0xd0, 0]).await.unwrap();
                continue;
            }
            assert_eq!(kind >> 4, 3, "PUBLISH");
            let topic = usize::from(u16::from_be_bytes([body[0], body[1]]));
            assert_eq!(&body[2..2 + topic], b"city/water/W-1/command");
            let packet = u16::from_be_bytes([body[2 + topic], body[3 + topic]]);
            let json: serde_json::Value = serde_json::from_slice(&body[4 + topic..]).unwrap();
            return (packet, json["id"].as_i64().unwrap());
        }
    }

    async fn acknowledge(&mut self, packet: u16) {
        let [high, low] = packet.to_be_bytes();
        self.stream.write_all(&[0x40, 2, high, low]).await.unwrap();
    }
}

fn order(id: i64) -> Order {
    Order {
        id: CommandId(id),
        device: DeviceId::parse("W-1").unwrap(),
        theme: ThemeId::parse("water").unwrap(),
        name: "open".to_owned(),
        params: serde_json::Map::new(),
        expires: Timestamp::from_ms(i64::MAX),
    }
}

fn session(port: u16) -> (OrderSink, OrderReports, CancellationToken, Arc<Link>) {
    session_of(port, MqttVersion::V311)
}

fn session_of(port: u16, version: MqttVersion) -> (OrderSink, OrderReports, CancellationToken, Arc<Link>) {
    let id = LinkId::parse("mqtt:test").unwrap();
    let link = Arc::new(Link::new(id, "mqtt", "test".to_owned(), Fast.now()));
    let (desk, reports) = order_desk();
    let (sink, orders) = desk.link();
    let stop = CancellationToken::new();
    let (intake, queue) = intake(1 << 20);
    let context = AdapterContext {
        intake: intake.for_link(link.clone()),
        link: link.clone(),
        orders,
        evidence: Arc::new(NoShelf),
        stop: stop.clone(),
        clock: Arc::new(Fast),
    };
    let config = MqttConfig {
        host: "127.0.0.1".to_owned(),
        port,
        socket: None,
        version,
        tls: None,
        login: None,
        client_id: "d06".to_owned(),
        group: None,
        payload_max: 1 << 16,
        times: TimeLimits::default(),
        mapped: None,
    };
    tokio::spawn(async move {
        let _queue = queue; // nobody publishes to us here
        run(config, notices().1, context).await.unwrap();
    });
    (sink, reports, stop, link)
}

async fn give(sink: &OrderSink, id: i64) {
    while !sink.give(order(id)) {
        tokio::task::yield_now().await;
    }
}

async fn until_up(link: &Link) {
    while link.last_report().state != chengshu_core::seam::LinkState::Up {
        Fast.sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn d06_a_withheld_acknowledgement_never_silences_commands() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (sink, mut reports, stop, link) = session(listener.local_addr().unwrap().port());
    let mut peer = Peer::accept(&listener, false).await;
    peer.subscribed().await;
    until_up(&link).await;

    // the first is never acknowledged: it is told as failed, and the others flow until the packet ids come round to its own
    give(&sink, 1).await;
    let (withheld, number) = peer.command().await;
    assert_eq!(number, 1);
    let told = reports.recv().await.unwrap();
    assert!(matches!(told, (CommandId(1), Progress::Failed("timeout", _))), "{told:?}");
    let mut id = 1;
    let stuck = loop {
        id += 1;
        give(&sink, id).await;
        tokio::select! {
            (packet, number) = peer.command() => {
                assert_eq!(number, id);
                assert_ne!(packet, withheld, "an id that is in use was used again");
                peer.acknowledge(packet).await;
                assert_eq!(reports.recv().await, Some((CommandId(id), Progress::Sent)));
            }
            told = reports.recv() => {
                // the client wants the id that the broker keeps: nothing came to the wire, and that is said
                assert!(matches!(told, Some((CommandId(n), Progress::Failed("timeout", _))) if n == id), "{told:?}");
                break id;
            }
        }
        assert!(id < 1_000, "the ids come round long before");
    };
    assert!(stuck > 50, "{stuck}");

    // a new connection to a broker that has forgotten the session: commands flow at once, and nothing old is stashed
    let mut peer = Peer::accept(&listener, false).await;
    peer.subscribed().await;
    until_up(&link).await;
    for id in 5_001..5_011 {
        give(&sink, id).await;
        let (packet, number) = peer.command().await;
        assert_eq!(number, id, "not one that was told as failed");
        peer.acknowledge(packet).await;
        assert_eq!(reports.recv().await, Some((CommandId(id), Progress::Sent)));
    }

    // one that is on the wire when the connection breaks goes again on the next
    give(&sink, 6_000).await;
    assert_eq!(peer.command().await.1, 6_000);
    drop(peer);
    let mut peer = Peer::accept(&listener, false).await;
    peer.subscribed().await;
    let (packet, number) = peer.command().await;
    assert_eq!(number, 6_000);
    peer.acknowledge(packet).await;
    assert_eq!(reports.recv().await, Some((CommandId(6_000), Progress::Sent)));
    stop.cancel();
}

#[tokio::test]
async fn without_a_broker_a_command_is_told_as_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let (sink, mut reports, stop, _) = session(port);
    give(&sink, 1).await;
    let told = reports.recv().await.unwrap();
    assert!(matches!(told, (CommandId(1), Progress::Failed("not_connected", _))), "{told:?}");
    stop.cancel();
}

#[tokio::test]
async fn s19_a_session_that_somebody_else_takes_over_is_told_also_when_it_is_back() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (_sink, _reports, stop, link) = session_of(listener.local_addr().unwrap().port(), MqttVersion::V5);
    let mut last = None; // the second connection stays
    for round in 0..2 {
        let (stream, _) = listener.accept().await.unwrap();
        let mut peer = Peer { stream };
        assert_eq!(peer.packet().await.0 >> 4, 1, "CONNECT");
        peer.stream.write_all(&[0x20, 3, 0, 0, 0]).await.unwrap();
        let (kind, body) = peer.packet().await;
        assert_eq!(kind >> 4, 8, "SUBSCRIBE");
        peer.stream.write_all(&[0x90, 4, body[0], body[1], 0, 1]).await.unwrap();
        until_up(&link).await;
        let code = link.last_report().reason.map(|(code, _)| code);
        assert_eq!(code, (round == 1).then_some("session_taken_over"));
        if round == 0 {
            peer.stream.write_all(&[0xe0, 2, 0x8e, 0]).await.unwrap();
        }
        last = Some(peer);
    }
    assert_eq!(link.deviations().get("session_taken_over"), Some(&1));
    // a minute later all is well
    while link.last_report().reason.is_some() {
        Fast.sleep(Duration::from_secs(1)).await;
    }
    drop(last);
    stop.cancel();
}
