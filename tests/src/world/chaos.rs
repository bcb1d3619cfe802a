//! A proxy between the hub and its database that can fall silent: connections stay open, nothing passes. The kernel's own fault injection is not to be had on every machine.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const LOOK: Duration = Duration::from_millis(20);

/// Stands between a TCP port of its own and a PostgreSQL's Unix socket.
pub struct Chaos {
    pub port: u16,
    silent: Arc<AtomicBool>,
}

impl Chaos {
    pub fn start(socket: PathBuf) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let silent = Arc::new(AtomicBool::new(false));
        let of_thread = silent.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().filter_map(Result::ok) {
                let (silent, socket) = (of_thread.clone(), socket.clone());
                std::thread::spawn(move || serve(&client, &socket, &silent));
            }
        });
        Ok(Self { port, silent })
    }

    /// Everything passes again; what was held back goes on.
    pub fn heal(&self) {
        self.silent.store(false, Ordering::Relaxed);
    }

    /// Takes connections, keeps them open and lets nothing pass.
    pub fn fall_silent(&self) {
        self.silent.store(true, Ordering::Relaxed);
    }
}

fn serve(client: &TcpStream, socket: &PathBuf, silent: &Arc<AtomicBool>) {
    while silent.load(Ordering::Relaxed) {
        std::thread::sleep(LOOK); // accepted, and then nothing
    }
    let Ok(server) = UnixStream::connect(socket) else { return };
    let _ = client.set_nodelay(true);
    let _ = client.set_read_timeout(Some(LOOK));
    let _ = server.set_read_timeout(Some(LOOK));
    let ends = (client.try_clone(), server.try_clone());
    let (Ok(client_too), Ok(server_too)) = ends else { return };
    let back_silent = silent.clone();
    let back = std::thread::spawn(move || pump(server_too, client_too, &back_silent));
    pump(client, &server, silent);
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
    let _ = back.join();
}

fn pump(mut from: impl Read, mut to: impl Write, silent: &AtomicBool) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        if silent.load(Ordering::Relaxed) {
            std::thread::sleep(LOOK);
            continue;
        }
        match from.read(&mut buffer) {
            Ok(0) => return,
            Ok(read) => {
                while silent.load(Ordering::Relaxed) {
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
