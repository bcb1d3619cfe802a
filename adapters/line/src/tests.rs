//! The server on real sockets of the loopback, with a protocol of lines: `hello NAME`, then anything; each line is a delivery
//! and is answered `ok LINE` when it is durable. `boom` breaks the talk.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use chengshu_core::model::{CommandId, Delivery, DeviceId, LinkId, Order, Progress, ThemeId, Timestamp};
use chengshu_core::seam::{
    AdapterContext, Clock, Evidence, Handed, Intake, IntakeQueue, Kept, Link, NotDurable, NotKept, OrderReports,
    OrderSink, Outcome, Picture, intake, order_desk,
};
use futures_util::future::BoxFuture;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio_util::sync::CancellationToken;

use crate::{Act, Acts, LineConfig, Protocol, Talk, Token, run};

/// A clock on which time passes a hundred times as fast.
struct Fast;

#[allow(clippy::disallowed_methods)] // a clock is made of the real one
impl Clock for Fast {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(1_795_336_920_000 + self.monotonic().as_millis() as i64)
    }

    fn monotonic(&self) -> Duration {
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap() * 100
    }

    fn sleep(&self, span: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(span / 100))
    }
}

/// Keeps nothing.
struct NoShelf;

impl Evidence for NoShelf {
    fn keep(&self, _: Picture) -> BoxFuture<'static, Result<Kept, NotKept>> {
        Box::pin(async { Err(NotKept { code: "evidence_full", words: "no room".to_owned(), lasting: true }) })
    }
}

struct Lines {
    link: LinkId,
}

impl Protocol for Lines {
    fn talk(&self, _: SocketAddr, source: Arc<str>, _: Timestamp) -> Box<dyn Talk> {
        Box::new(LineTalk { link: self.link.clone(), source, next: 0, lines: Vec::new() })
    }
}

struct LineTalk {
    link: LinkId,
    source: Arc<str>,
    next: Token,
    lines: Vec<(Token, Bytes)>,
}

impl Talk for LineTalk {
    fn take(&mut self, buffer: &mut BytesMut, now: Timestamp, acts: &mut Acts) {
        while let Some(end) = buffer.iter().position(|byte| *byte == b'\n') {
            let line = buffer.split_to(end + 1).freeze();
            assert!(!line.starts_with(b"boom"), "a talk that breaks");
            if let Some(name) = line.strip_prefix(b"hello ") {
                acts.push(Act::Speaks(DeviceId::parse(String::from_utf8_lossy(name).trim()).unwrap()));
            }
            self.next += 1;
            self.lines.push((self.next, line.clone()));
            let delivery = Box::new(Delivery::new(self.link.clone(), self.source.clone(), line, now));
            acts.push(Act::Deliver { token: self.next, delivery, pictures: Vec::new() });
        }
    }

    fn settled(&mut self, token: Token, result: Result<Outcome, NotDurable>, _: Timestamp, acts: &mut Acts) {
        let at = self.lines.iter().position(|(known, _)| *known == token).unwrap();
        let (_, line) = self.lines.remove(at);
        if result.is_ok() {
            acts.push(Act::Send([b"ok ", &line[..]].concat().into()));
        }
    }

    fn tick(&mut self, _: Timestamp, _: &mut Acts) {}

    fn order(&mut self, order: &Order, _: Timestamp, acts: &mut Acts) {
        acts.push(Act::Send(Bytes::from(format!("do {}\n", order.name))));
        acts.push(Act::Progress(order.id, Progress::Sent));
    }

    fn ended(&mut self, left: &[u8], now: Timestamp, acts: &mut Acts) {
        if !left.is_empty() {
            let left = Bytes::copy_from_slice(left);
            let delivery = Box::new(Delivery::new(self.link.clone(), self.source.clone(), left, now));
            self.lines.push((0, Bytes::new()));
            acts.push(Act::Deliver { token: 0, delivery, pictures: Vec::new() });
        }
    }

    fn silence_ms(&self) -> i64 {
        30_000
    }
}

struct World {
    tcp: SocketAddr,
    udp: SocketAddr,
    link: Arc<Link>,
    queue: Option<IntakeQueue>,
    sink: OrderSink,
    reports: OrderReports,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
    _intake: Intake,
}

async fn world(change: impl FnOnce(&mut LineConfig), room: usize) -> World {
    let (handover, queue) = intake(room);
    let id = LinkId::parse("lines:test").unwrap();
    let link = Arc::new(Link::new(id.clone(), "lines", "test".to_owned(), Fast.now()));
    let (desk, reports) = order_desk();
    let (sink, orders) = desk.link();
    let stop = CancellationToken::new();
    let context = AdapterContext {
        intake: handover.for_link(link.clone()),
        link: link.clone(),
        orders,
        evidence: Arc::new(NoShelf),
        stop: stop.clone(),
        clock: Arc::new(Fast),
    };
    let any = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    let mut config = LineConfig { tcp: any, udp: any, ..LineConfig::new() };
    change(&mut config);
    let task = tokio::spawn(async move { run(config, Arc::new(Lines { link: id }), context).await.unwrap() });
    let addresses = loop {
        match link.listening().as_slice() {
            [tcp, udp] => break (*tcp, *udp),
            _ => tokio::task::yield_now().await,
        }
    };
    let (tcp, udp) = addresses;
    World { tcp, udp, link, queue: Some(queue), sink, reports, stop, task, _intake: handover }
}

impl World {
    /// An engine that makes everything durable at once.
    fn engine(&mut self) {
        let mut queue = self.queue.take().unwrap();
        tokio::spawn(async move {
            let mut handed: Vec<Handed> = Vec::new();
            while queue.take(&mut handed, 100).await > 0 {
                handed.drain(..).for_each(|one| one.ticket.settle(Outcome { stored: 1, ..Outcome::default() }));
            }
        });
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.tcp).await.unwrap()
    }

    async fn counted(&self, code: &str) -> u64 {
        loop {
            if let Some(count) = self.link.deviations().get(code) {
                return *count;
            }
            Fast.sleep(Duration::from_secs(1)).await;
        }
    }
}

async fn read(stream: &mut TcpStream, bytes: usize) -> String {
    let mut got = vec![0; bytes];
    stream.read_exact(&mut got).await.unwrap();
    String::from_utf8(got).unwrap()
}

#[tokio::test]
async fn cut_anyhow_the_same_lines_are_answered() {
    let mut world = world(|_| {}, 1 << 20).await;
    world.engine();
    let lines: String = (0..9_000).map(|n| format!("{n}\n")).collect();
    let expected: usize = lines.len() + 9_000 * 3;
    let mut whole = world.connect().await;
    let (mut reader, mut writer) = whole.split();
    let mut all = vec![0; expected];
    let (sent, _) = tokio::join!(writer.write_all(lines.as_bytes()), reader.read_exact(&mut all));
    sent.unwrap();
    let mut answers: Vec<&str> = std::str::from_utf8(&all).unwrap().lines().collect();
    answers.sort_by_key(|line| line[3..].parse::<u32>().unwrap());
    assert!(answers.iter().enumerate().all(|(n, line)| **line == format!("ok {n}")));

    let mut slow = world.connect().await;
    for byte in b"one\ntwo\n" {
        slow.write_all(&[*byte]).await.unwrap();
        slow.flush().await.unwrap();
        tokio::task::yield_now().await;
    }
    let answers = read(&mut slow, 14).await;
    assert!(answers == "ok one\nok two\n" || answers == "ok two\nok one\n", "{answers:?}");
    let datagram = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    datagram.send_to(b"three\nunfinished", world.udp).await.unwrap();
    let mut got = [0; 64];
    let read = datagram.recv(&mut got).await.unwrap();
    assert_eq!(&got[..read], b"ok three\n");
}

#[tokio::test]
async fn nothing_is_answered_before_it_is_durable_and_nothing_that_was_given_up() {
    let mut world = world(|_| {}, 1 << 20).await;
    let mut peer = world.connect().await;
    peer.write_all(b"kept\nlost\nkept\n").await.unwrap();
    let queue = world.queue.as_mut().unwrap();
    let mut handed = Vec::new();
    while handed.len() < 3 {
        queue.take(&mut handed, 3).await;
    }
    let mut byte = [0];
    assert_eq!(peer.try_read(&mut byte).unwrap_err().kind(), io::ErrorKind::WouldBlock);
    for one in handed {
        if one.delivery.raw == "lost\n" {
            drop(one);
        } else {
            one.ticket.settle(Outcome::default());
        }
    }
    assert_eq!(read(&mut peer, 16).await, "ok kept\nok kept\n");
    world.stop.cancel();
    assert_eq!(peer.read(&mut byte).await.unwrap(), 0, "nothing was said of the one that was lost");
}

#[tokio::test]
async fn a_full_intake_makes_the_peer_wait_and_loses_nothing() {
    let mut world = world(|_| {}, 2_000).await; // room for a handful
    let mut peer = world.connect().await;
    let lines: String = (0..5_000).map(|n| format!("{n}\n")).collect();
    let (mut reader, mut writer) = peer.split();
    let mut queue = world.queue.take().unwrap();
    let mut all = vec![0; lines.len() + 5_000 * 3];
    let engine = async {
        let mut handed: Vec<Handed> = Vec::new();
        let mut taken = 0;
        while taken < 5_000 {
            assert!(queue.fill().0 <= 2_000);
            taken += queue.take(&mut handed, 1).await;
            handed.drain(..).for_each(|one| one.ticket.settle(Outcome::default()));
        }
    };
    let (sent, read, ()) = tokio::join!(writer.write_all(lines.as_bytes()), reader.read_exact(&mut all), engine);
    sent.unwrap();
    read.unwrap();
}

#[tokio::test]
async fn a_thousand_silent_peers_go_at_their_limit() {
    let mut world = world(|config| config.first_word = Duration::from_secs(20), 1 << 20).await;
    world.engine();
    let mut silent = Vec::new();
    for _ in 0..1_000 {
        silent.push(world.connect().await);
    }
    let mut spoke = world.connect().await;
    spoke.write_all(b"a\n").await.unwrap();
    read(&mut spoke, 5).await;
    let mut byte = [0];
    for peer in &mut silent {
        assert_eq!(peer.read(&mut byte).await.unwrap(), 0);
    }
    assert_eq!(spoke.read(&mut byte).await.unwrap(), 0, "30 s after its last word");
    assert_eq!(world.counted("silent").await, 1_001);
    assert_eq!(world.link.peer_count(), Some(0));
}

#[tokio::test]
async fn one_too_many_is_turned_away_and_a_broken_talk_harms_no_other() {
    let mut world = world(|config| config.peers_max = 2, 1 << 20).await;
    world.engine();
    let (mut first, mut second) = (world.connect().await, world.connect().await);
    first.write_all(b"a\n").await.unwrap();
    second.write_all(b"b\n").await.unwrap();
    read(&mut first, 5).await;
    read(&mut second, 5).await;
    let mut byte = [0];
    assert_eq!(world.connect().await.read(&mut byte).await.unwrap(), 0);
    assert_eq!(world.counted("peers_full").await, 1);
    first.write_all(b"boom\n").await.unwrap();
    assert_eq!(world.counted("broken").await, 1);
    second.write_all(b"c\n").await.unwrap();
    assert_eq!(read(&mut second, 5).await, "ok c\n");
}

#[tokio::test]
async fn what_is_left_of_a_lost_connection_is_still_handed_over() {
    let mut world = world(|_| {}, 1 << 20).await;
    let mut peer = world.connect().await;
    peer.write_all(b"whole\ncut").await.unwrap();
    drop(peer);
    let mut handed = Vec::new();
    while handed.len() < 2 {
        world.queue.as_mut().unwrap().take(&mut handed, 2).await;
    }
    assert_eq!(handed[1].delivery.raw, "cut");
}

#[tokio::test]
async fn what_never_ends_is_ended() {
    let mut world = world(|config| config.unfinished_max = 10_000, 1 << 20).await;
    world.engine();
    let mut peer = world.connect().await;
    let _ = peer.write_all(&vec![b'x'; 100_000]).await;
    assert_eq!(world.counted("unfinished_too_large").await, 1);
}

#[tokio::test]
async fn commands_go_to_whoever_spoke_for_the_device_last() {
    let mut world = world(|_| {}, 1 << 20).await;
    world.engine();
    let order = |id| Order {
        id: CommandId(id),
        device: DeviceId::parse("W-1").unwrap(),
        theme: ThemeId::parse("water").unwrap(),
        name: "look".to_owned(),
        params: serde_json::Map::new(),
        expires: Timestamp::from_ms(0),
    };
    assert!(world.sink.give(order(1)));
    let told = world.reports.recv().await.unwrap();
    assert!(matches!(told, (CommandId(1), Progress::Failed("not_connected", _))), "{told:?}");
    let (mut old, mut new) = (world.connect().await, world.connect().await);
    for peer in [&mut old, &mut new] {
        peer.write_all(b"hello W-1\n").await.unwrap();
        assert_eq!(read(peer, 13).await, "ok hello W-1\n");
    }
    assert!(world.sink.give(order(2)));
    assert_eq!(world.reports.recv().await, Some((CommandId(2), Progress::Sent)));
    assert_eq!(read(&mut new, 8).await, "do look\n");
    drop(old); // the older one goes: nothing changes
    world.counted("closed").await;
    assert!(world.sink.give(order(3)));
    assert_eq!(world.reports.recv().await, Some((CommandId(3), Progress::Sent)));
    new.shutdown().await.unwrap(); // the device goes without having answered
    let told: Vec<_> = [world.reports.recv().await.unwrap(), world.reports.recv().await.unwrap()].into();
    assert!(told.iter().all(|(_, progress)| matches!(progress, Progress::Failed("connection_lost", _))), "{told:?}");
    world.stop.cancel();
    world.task.await.unwrap();
}
