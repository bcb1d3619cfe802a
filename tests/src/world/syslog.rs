//! A receiver of syslog on a loopback port, with TLS or without: takes the frames apart as RFC 5425 says and the messages as
//! RFC 5424 does, and keeps what is not as they say. It can be killed, with what it has not read, and started again.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::Value;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use super::certificates::Certificates;
use super::{World, free_port};

const LOOK: Duration = Duration::from_millis(20);

/// A message as it was heard.
#[derive(Debug, Clone)]
pub struct Heard {
    pub priority: u32,
    pub at: String,
    pub host: String,
    pub id: String,
    /// The structured data.
    pub data: BTreeMap<String, String>,
    pub json: Value,
    pub raw: String,
}

impl Heard {
    pub fn batch(&self) -> u64 {
        self.data["batch"].parse().expect("a number")
    }
}

#[derive(Default)]
struct Kept {
    heard: Vec<Heard>,
    wrong: Vec<String>,
}

pub struct Syslog {
    pub port: u16,
    /// The folder of the certificates, if it speaks TLS: ca.pem, client.pem, client.key.
    pub certificates: Option<PathBuf>,
    tls: Option<Arc<ServerConfig>>,
    kept: Arc<Mutex<Kept>>,
    running: Option<(Arc<AtomicBool>, JoinHandle<()>)>,
}

impl Syslog {
    /// One that wants a certificate of whoever sends.
    pub fn start_tls(world: &World) -> anyhow::Result<Self> {
        let dir = world.folder("syslog")?;
        Certificates::make(&dir, &["server", "client"])?;
        let pem = |name: &str| std::fs::read(dir.join(name));
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(CertificateDer::pem_slice_iter(&pem("ca.pem")?).filter_map(Result::ok));
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build()?;
        let chain = CertificateDer::pem_slice_iter(&pem("server.pem")?).collect::<Result<Vec<_>, _>>()?;
        let key = PrivateKeyDer::from_pem_slice(&pem("server.key")?)?;
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let config = builder.with_client_cert_verifier(verifier).with_single_cert(chain, key)?;
        Self::start(Some(Arc::new(config)), Some(dir))
    }

    /// One in the clear.
    pub fn start_plain() -> anyhow::Result<Self> {
        Self::start(None, None)
    }

    fn start(tls: Option<Arc<ServerConfig>>, certificates: Option<PathBuf>) -> anyhow::Result<Self> {
        let mut receiver = Self { port: free_port()?, certificates, tls, kept: Arc::default(), running: None };
        receiver.up()?;
        Ok(receiver)
    }

    pub fn up(&mut self) -> anyhow::Result<()> {
        let listener = TcpListener::bind(("127.0.0.1", self.port))?;
        listener.set_nonblocking(true)?;
        let stop = Arc::new(AtomicBool::new(false));
        let (ended, tls, kept) = (stop.clone(), self.tls.clone(), self.kept.clone());
        let accepting = std::thread::spawn(move || {
            let mut connections = Vec::new();
            while !ended.load(Ordering::SeqCst) {
                match listener.accept() {
                    Ok((stream, _)) => {
                        let (ended, tls, kept) = (ended.clone(), tls.clone(), kept.clone());
                        connections.push(std::thread::spawn(move || {
                            if let Err(error) = serve(stream, tls, &kept, &ended) {
                                lock(&kept).wrong.push(format!("{error:#}"));
                            }
                        }));
                    }
                    Err(_) => std::thread::sleep(LOOK),
                }
            }
            drop(listener);
            for connection in connections {
                let _ = connection.join();
            }
        });
        self.running = Some((stop, accepting));
        Ok(())
    }

    /// Ends at once; what it was sent and had not read is lost.
    pub fn kill(&mut self) {
        if let Some((stop, accepting)) = self.running.take() {
            stop.store(true, Ordering::SeqCst);
            let _ = accepting.join();
        }
    }

    /// What it has heard, in order; an error when anything was not as the standards say.
    pub fn heard(&self) -> anyhow::Result<Vec<Heard>> {
        let kept = lock(&self.kept);
        anyhow::ensure!(kept.wrong.is_empty(), "{:?}", kept.wrong);
        Ok(kept.heard.clone())
    }
}

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn serve(
    stream: TcpStream,
    tls: Option<Arc<ServerConfig>>,
    kept: &Mutex<Kept>,
    ended: &AtomicBool,
) -> anyhow::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(LOOK))?;
    let mut stream: Box<dyn Read> = match tls {
        Some(config) => Box::new(StreamOwned::new(ServerConnection::new(config)?, stream)),
        None => Box::new(stream),
    };
    let (mut buffer, mut bytes) = (Vec::new(), [0; 4096]);
    while !ended.load(Ordering::SeqCst) {
        match stream.read(&mut bytes) {
            Ok(0) => break,
            Ok(read) => buffer.extend_from_slice(&bytes[..read]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => break, // it hung up
        }
        while let Some((message, rest)) = frame(&buffer)? {
            lock(kept).heard.push(message);
            buffer = rest;
        }
    }
    Ok(())
}

/// The first whole frame, and what comes after it.
fn frame(buffer: &[u8]) -> anyhow::Result<Option<(Heard, Vec<u8>)>> {
    let Some(blank) = buffer.iter().position(|byte| *byte == b' ') else {
        anyhow::ensure!(buffer.len() < 8, "no length: {:?}", String::from_utf8_lossy(buffer));
        return Ok(None);
    };
    let length: usize = std::str::from_utf8(&buffer[..blank])?.parse().context("a length")?;
    let Some(message) = buffer.get(blank + 1..blank + 1 + length) else { return Ok(None) };
    let message = parse(std::str::from_utf8(message)?)?;
    Ok(Some((message, buffer[blank + 1 + length..].to_vec())))
}

fn parse(raw: &str) -> anyhow::Result<Heard> {
    anyhow::ensure!(!raw.chars().any(char::is_control), "a control sign in {raw:?}");
    let (head, rest) = raw.split_once(" [").context("structured data")?;
    let parts: Vec<&str> = head.split(' ').collect();
    let [priority, at, host, app, process, id] = parts[..] else { anyhow::bail!("a head of {} parts", parts.len()) };
    let priority =
        priority.strip_prefix('<').and_then(|text| text.strip_suffix(">1")).context("priority and version")?;
    anyhow::ensure!((app, process) == ("chengshu", "-"), "{app} {process}");
    let rest = rest.strip_prefix("chengshu@32473").context("the name of the data")?;
    let mut data = BTreeMap::new();
    let mut rest = rest;
    while let Some(one) = rest.strip_prefix(' ') {
        let (name, text) = one.split_once("=\"").context("a value")?;
        let (mut value, mut signs) = (String::new(), text.char_indices());
        let end = loop {
            match signs.next().context("the end of a value")? {
                (_, '\\') => value.push(signs.next().context("an escaped sign")?.1),
                (end, '"') => break end,
                (_, ']') => anyhow::bail!("a bracket that is not escaped"),
                (_, sign) => value.push(sign),
            }
        };
        data.insert(name.to_owned(), value);
        rest = &text[end + 1..];
    }
    let json = serde_json::from_str(rest.strip_prefix("] ").context("a message")?)?;
    Ok(Heard {
        priority: priority.parse()?,
        at: at.to_owned(),
        host: host.to_owned(),
        id: id.to_owned(),
        data,
        json,
        raw: raw.to_owned(),
    })
}
