//! Listens, and gives each peer a conversation of its own. A panic in one of them ends that one only.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use chengshu_core::model::Progress;
use chengshu_core::seam::{AdapterContext, AdapterError, LinkState};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::config::LineConfig;
use crate::converse::{Conversation, End};
use crate::error::LineError;
use crate::routes::Routes;
use crate::talk::Protocol;
use crate::wire::Wire;

/// Datagrams of one peer that may wait; the next is dropped, and its sender, unconfirmed, sends it again.
const DATAGRAMS: usize = 32;
/// The largest datagram there is.
const DATAGRAM: usize = 65_535;
/// After an accept that the system refuses (no descriptors left).
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Serves `protocol` until the context says stop.
///
/// # Errors
/// [`LineError::Listen`].
pub async fn run(config: LineConfig, protocol: Arc<dyn Protocol>, context: AdapterContext) -> Result<(), AdapterError> {
    let link = context.link.clone();
    let clock = context.clock.clone();
    let result = Server::bind(config, protocol, context).await;
    let server = match result {
        Ok(server) => server,
        Err(error) => {
            link.report(LinkState::Down, Some(("cannot_listen", error.to_string())), clock.now());
            return Err(AdapterError { link: link.id.to_string(), source: Box::new(error) });
        }
    };
    link.report(LinkState::Up, None, clock.now());
    server.run().await;
    link.report(LinkState::Down, Some(("stopped", "the hub is stopping".to_owned())), clock.now());
    Ok(())
}

struct Server {
    config: Arc<LineConfig>,
    protocol: Arc<dyn Protocol>,
    context: AdapterContext,
    tcp: Option<TcpListener>,
    udp: Option<Arc<UdpSocket>>,
    routes: Routes,
    numbers: AtomicU64,
    talks: JoinSet<(SocketAddr, bool, End)>,
    /// Peers of the UDP socket and the way to their conversations.
    datagrams: HashMap<SocketAddr, mpsc::Sender<Bytes>>,
}

impl Server {
    async fn bind(config: LineConfig, protocol: Arc<dyn Protocol>, context: AdapterContext) -> Result<Self, LineError> {
        let refused = |address| move |source| LineError::Listen { address, source };
        let tcp = match config.tcp {
            Some(address) => Some(TcpListener::bind(address).await.map_err(refused(address))?),
            None => None,
        };
        let udp = match config.udp {
            Some(address) => Some(Arc::new(UdpSocket::bind(address).await.map_err(refused(address))?)),
            None => None,
        };
        for address in tcp.iter().filter_map(|tcp| tcp.local_addr().ok()) {
            tracing::info!(link = %context.link.id, %address, "listening for devices (TCP)");
            context.link.listens(address);
        }
        for address in udp.iter().filter_map(|udp| udp.local_addr().ok()) {
            tracing::info!(link = %context.link.id, %address, "listening for devices (UDP)");
            context.link.listens(address);
        }
        Ok(Self {
            config: Arc::new(config),
            protocol,
            context,
            tcp,
            udp,
            routes: Routes::default(),
            numbers: AtomicU64::new(0),
            talks: JoinSet::new(),
            datagrams: HashMap::new(),
        })
    }

    async fn run(mut self) {
        let stop = self.context.stop.clone();
        let orders = self.context.orders.clone();
        let mut datagram = vec![0; if self.udp.is_some() { DATAGRAM } else { 0 }];
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(ended) = self.talks.join_next() => self.ended(ended),
                order = orders.next() => if let Some(order) = self.routes.pass(order) {
                    orders.report(order.id, Progress::Failed("not_connected", "the device is not connected".to_owned()));
                },
                accepted = accept(self.tcp.as_ref()) => match accepted {
                    Ok((stream, peer)) => self.accepted(stream, peer),
                    Err(error) => {
                        tracing::warn!(link = %self.context.link.id, %error, "a connection could not be accepted");
                        self.context.clock.sleep(ACCEPT_PAUSE).await;
                    }
                },
                received = receive(self.udp.as_ref(), &mut datagram) => {
                    // an error is the system's word on an answer that nobody took: of no concern to other peers
                    if let Ok((bytes, peer)) = received {
                        self.datagram(peer, &datagram[..bytes]);
                    }
                }
            }
        }
        self.datagrams.clear();
        while let Some(ended) = self.talks.join_next().await {
            self.ended(ended);
        }
    }

    fn accepted(&mut self, stream: TcpStream, peer: SocketAddr) {
        let _ = stream.set_nodelay(true); // answers are small and somebody waits for each
        if self.has_room() {
            self.begin(Wire::Tcp(stream), peer);
        }
    }

    fn datagram(&mut self, peer: SocketAddr, bytes: &[u8]) {
        if !self.datagrams.contains_key(&peer) {
            let Some(socket) = self.udp.clone() else { return };
            if !self.has_room() {
                return;
            }
            let (sender, datagrams) = mpsc::channel(DATAGRAMS);
            self.datagrams.insert(peer, sender);
            self.begin(Wire::Udp { socket, peer, datagrams }, peer);
        }
        if let Some(sender) = self.datagrams.get(&peer)
            && sender.try_send(Bytes::copy_from_slice(bytes)).is_err()
        {
            self.context.link.count_deviation("datagram_dropped");
        }
    }

    fn has_room(&self) -> bool {
        let room = self.talks.len() < self.config.peers_max;
        if !room {
            self.context.link.count_deviation("peers_full");
        }
        room
    }

    fn begin(&mut self, wire: Wire, peer: SocketAddr) {
        let udp = wire.is_udp();
        let source: Arc<str> = peer.to_string().into();
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let conversation = Conversation {
            wire,
            talk: self.protocol.talk(peer, source.clone(), self.context.clock.now()),
            seat: self.routes.seat(number),
            source,
            config: self.config.clone(),
            context: self.context.clone(),
            open: HashSet::new(),
        };
        self.talks.spawn(async move { (peer, udp, conversation.run().await) });
        self.context.link.peers(self.talks.len());
    }

    fn ended(&mut self, ended: Result<(SocketAddr, bool, End), tokio::task::JoinError>) {
        self.context.link.peers(self.talks.len());
        match ended {
            Ok((peer, udp, (code, words))) => {
                tracing::debug!(link = %self.context.link.id, %peer, code, words, "a peer has gone");
                self.context.link.count_deviation(code);
                if udp {
                    self.datagrams.remove(&peer);
                }
            }
            Err(error) => {
                tracing::error!(link = %self.context.link.id, %error, "a conversation broke; the others go on");
                self.context.link.count_deviation("broken");
                self.datagrams.retain(|_, sender| !sender.is_closed());
            }
        }
    }
}

async fn accept(listener: Option<&TcpListener>) -> std::io::Result<(TcpStream, SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => std::future::pending().await,
    }
}

async fn receive(socket: Option<&Arc<UdpSocket>>, into: &mut [u8]) -> std::io::Result<(usize, SocketAddr)> {
    match socket {
        Some(socket) => socket.recv_from(into).await,
        None => std::future::pending().await,
    }
}
