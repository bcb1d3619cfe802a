//! A proxy between the hub and its database that can fall silent (connections stay open, nothing passes) or cut
//! everything off. The kernel's own fault injection is not to be had on every machine.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::time::Duration;

const PASS: u8 = 0;
const SILENT: u8 = 1;
const CUT: u8 = 2;
const LOOK: Duration = Duration::from_millis(20);

/// Stands between a TCP port of its own and a PostgreSQL's Unix socket.
pub struct Chaos {
    pub port: u16,
    mode: Arc<AtomicU8>,
    accepted: Arc<AtomicUsize>,
}

impl Chaos {
    pub fn start(socket: PathBuf) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let (mode, accepted) = (Arc::new(AtomicU8::new(PASS)), Arc::new(AtomicUsize::new(0)));
        let (of_thread, count) = (mode.clone(), accepted.clone());
        std::thread::spawn(move || {
            for client in listener.incoming().filter_map(Result::ok) {
                count.fetch_add(1, Ordering::Relaxed);
                let (mode, socket) = (of_thread.clone(), socket.clone());
                std::thread::spawn(move || serve(&client, &socket, &mode));
            }
        });
        Ok(Self { port, mode, accepted })
    }

    /// Everything passes again; what was held back goes on.
    pub fn heal(&self) {
        self.mode.store(PASS, Ordering::Relaxed);
    }

    /// Takes connections, keeps them open and lets nothing pass.
    pub fn fall_silent(&self) {
        self.mode.store(SILENT, Ordering::Relaxed);
    }

    /// Ends all connections, and every new one at once.
    pub fn cut(&self) {
        self.mode.store(CUT, Ordering::Relaxed);
    }

    /// Connections taken since the start.
    pub fn accepted(&self) -> usize {
        self.accepted.load(Ordering::Relaxed)
    }
}

fn serve(client: &TcpStream, socket: &PathBuf, mode: &Arc<AtomicU8>) {
    while mode.load(Ordering::Relaxed) == SILENT {
        std::thread::sleep(LOOK); // accepted, and then nothing
    }
    let Ok(server) = UnixStream::connect(socket) else { return };
    let _ = client.set_nodelay(true);
    let _ = client.set_read_timeout(Some(LOOK));
    let _ = server.set_read_timeout(Some(LOOK));
    let ends = (client.try_clone(), server.try_clone());
    let (Ok(client_too), Ok(server_too)) = ends else { return };
    let back_mode = mode.clone();
    let back = std::thread::spawn(move || pump(server_too, client_too, &back_mode));
    pump(client, &server, mode);
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
    let _ = back.join();
}

fn pump(mut from: impl Read, mut to: impl Write, mode: &AtomicU8) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match mode.load(Ordering::Relaxed) {
            CUT => return,
            SILENT => {
                std::thread::sleep(LOOK);
                continue;
            }
            _ => {}
        }
        match from.read(&mut buffer) {
            Ok(0) => return,
            Ok(read) => {
                while mode.load(Ordering::Relaxed) == SILENT {
                    std::thread::sleep(LOOK);
                }
                if to.write_all(&buffer[..read]).is_err() {
                    return;
                }
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => return,
        }
    }
}
