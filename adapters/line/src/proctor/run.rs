//! Holds the sockets of an examination: listens, brings the bytes to the proctor and does what it says. Decides nothing.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use chengshu_core::model::Label;
use chengshu_core::seam::SharedClock;
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::exam::Exam;
use super::invigilate::{Do, Proctor};
use crate::talk::Protocol;
use crate::wire::Wire;

/// How often a talk hears that time passes.
const TICK: Duration = Duration::from_millis(500);
/// Connections at a time: one device, and a few that it forgot to close.
const CONNECTIONS: usize = 16;
/// Bytes and answers that may wait.
const WAITING: usize = 64;
/// The largest datagram there is.
const DATAGRAM: usize = 65_535;

/// Who is told what the examination waits for.
pub type Said = Box<dyn FnMut(&Label) + Send>;

/// What a connection brings.
enum News {
    Heard(u32, Bytes),
    Closed(u32, String),
}

/// The sockets of one examination.
struct Hall {
    proctor: Proctor,
    clock: SharedClock,
    /// The way to each connection; dropped, it ends.
    wires: HashMap<u32, mpsc::Sender<Bytes>>,
    news: mpsc::Sender<News>,
}

/// Examines the device that connects to `listen`, until the examination is over or `stop` says so. `bound` hears where it
/// listens.
///
/// # Errors
/// When it cannot listen there.
pub async fn proctor(
    listen: SocketAddr,
    exam: Exam,
    protocol: Arc<dyn Protocol>,
    clock: SharedClock,
    stop: CancellationToken,
    bound: impl FnOnce(SocketAddr),
    mut said: Said,
) -> io::Result<Proctor> {
    let (news, mut brought) = mpsc::channel(WAITING);
    let tcp = if exam.udp { None } else { Some(TcpListener::bind(listen).await?) };
    let udp = if exam.udp { Some(Arc::new(UdpSocket::bind(listen).await?)) } else { None };
    let address = tcp.as_ref().map(TcpListener::local_addr).or_else(|| udp.as_ref().map(|udp| udp.local_addr()));
    bound(address.unwrap_or(Ok(listen))?);
    let proctor = Proctor::new(exam, protocol, clock.now());
    let mut hall = Hall { proctor, clock, wires: HashMap::new(), news };
    let mut peers: HashMap<SocketAddr, (u32, mpsc::Sender<Bytes>)> = HashMap::new();
    let mut datagram = vec![0; if udp.is_some() { DATAGRAM } else { 0 }];
    let mut tick = hall.clock.sleep(TICK);
    while hall.proctor.step() != super::Step::Over {
        hall.proctor.news().iter().for_each(&mut said);
        let mut out = Vec::new();
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            () = &mut tick => {
                tick = hall.clock.sleep(TICK);
                hall.proctor.tick(hall.clock.now(), &mut out);
            }
            Some(news) = brought.recv() => match news {
                News::Heard(conn, bytes) => hall.proctor.heard(conn, &bytes, hall.clock.now(), &mut out),
                News::Closed(conn, why) => {
                    hall.wires.remove(&conn);
                    hall.proctor.closed(conn, &why, hall.clock.now());
                }
            },
            accepted = accept(tcp.as_ref()), if hall.wires.len() < CONNECTIONS => {
                if let Ok((stream, peer)) = accepted {
                    let _ = stream.set_nodelay(true); // answers are small and somebody waits for each
                    hall.begin(Wire::Tcp(stream), peer);
                }
            }
            received = receive(udp.as_ref(), &mut datagram) => if let Ok((bytes, peer)) = received {
                let full = hall.wires.len() >= CONNECTIONS;
                if let (Some(socket), false) = (udp.clone().filter(|_| !peers.contains_key(&peer)), full) {
                    let (sender, datagrams) = mpsc::channel(WAITING);
                    let conn = hall.begin(Wire::Udp { socket, peer, datagrams }, peer);
                    peers.insert(peer, (conn, sender));
                }
                if let Some((_, sender)) = peers.get(&peer) {
                    // one that finds no room is dropped, as by any network: its sender sends it again
                    let _ = sender.try_send(Bytes::copy_from_slice(&datagram[..bytes]));
                }
            }
        }
        hall.obey(out);
        peers.retain(|_, (conn, _)| hall.wires.contains_key(conn));
    }
    hall.proctor.news().iter().for_each(&mut said);
    Ok(hall.proctor)
}

impl Hall {
    fn begin(&mut self, wire: Wire, peer: SocketAddr) -> u32 {
        let conn = self.proctor.connected(peer, self.clock.now());
        let (sender, answers) = mpsc::channel(WAITING);
        self.wires.insert(conn, sender);
        tokio::spawn(carry(conn, wire, answers, self.news.clone()));
        conn
    }

    fn obey(&mut self, out: Vec<Do>) {
        for act in out {
            match act {
                Do::Cut(conn) => {
                    self.wires.remove(&conn);
                }
                Do::Send(conn, bytes) => {
                    let taken = self.wires.get(&conn).is_none_or(|wire| wire.try_send(bytes).is_ok());
                    if !taken {
                        self.wires.remove(&conn);
                        self.proctor.closed(conn, "the peer takes no answers", self.clock.now());
                    }
                }
            }
        }
    }
}

/// Carries bytes both ways until either end lets go.
async fn carry(conn: u32, mut wire: Wire, mut answers: mpsc::Receiver<Bytes>, news: mpsc::Sender<News>) {
    let udp = wire.is_udp();
    let why = loop {
        let mut buffer = BytesMut::new();
        tokio::select! {
            biased;
            answer = answers.recv() => match answer {
                None => return, // cut
                Some(bytes) => if let Err(error) = wire.write(&bytes).await {
                    break error.to_string();
                },
            },
            read = wire.read(&mut buffer, usize::MAX) => match read {
                Ok(0) if udp => {}
                Ok(0) => break "the peer closed the connection".to_owned(),
                Err(error) => break error.to_string(),
                Ok(_) => if news.send(News::Heard(conn, buffer.freeze())).await.is_err() {
                    return;
                },
            },
        }
    };
    let _ = news.send(News::Closed(conn, why)).await; // the examination may be over
}

async fn accept(listener: Option<&TcpListener>) -> io::Result<(tokio::net::TcpStream, SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => std::future::pending().await,
    }
}

async fn receive(socket: Option<&Arc<UdpSocket>>, into: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
    match socket {
        Some(socket) => socket.recv_from(into).await,
        None => std::future::pending().await,
    }
}
