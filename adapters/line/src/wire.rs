//! The two ways of bytes: a TCP connection, or one peer of a UDP socket. Nothing here knows what they mean.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use tokio::net::{TcpStream, UdpSocket};
use tokio::sync::mpsc;

/// What is read at once.
const READ: usize = 8 * 1024;

/// Where a talk's bytes come from and go to.
pub(crate) enum Wire {
    /// A connection.
    Tcp(TcpStream),
    /// A peer of a socket; its datagrams are handed in by whoever reads the socket.
    Udp {
        /// The socket of all.
        socket: Arc<UdpSocket>,
        /// This one.
        peer: SocketAddr,
        /// Its datagrams.
        datagrams: mpsc::Receiver<Bytes>,
    },
}

impl Wire {
    pub(crate) const fn is_udp(&self) -> bool {
        matches!(self, Self::Udp { .. })
    }

    /// Adds what has come to `buffer`, at most `room` bytes of a stream; 0 is the end. Room is made only when there is
    /// something to read: thousands of idle peers hold no buffer.
    pub(crate) async fn read(&mut self, buffer: &mut BytesMut, room: usize) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => loop {
                stream.readable().await?;
                match read_now(stream, buffer, room) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    read => return read,
                }
            },
            Self::Udp { datagrams, .. } => Ok(datagrams.recv().await.map_or(0, |datagram| {
                buffer.extend_from_slice(&datagram);
                datagram.len()
            })),
        }
    }

    /// Sends all of `bytes`; over UDP as one datagram.
    pub(crate) async fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Udp { socket, peer, .. } => socket.send_to(bytes, *peer).await.map(|_| ()),
            Self::Tcp(stream) => {
                while !bytes.is_empty() {
                    stream.writable().await?;
                    match stream.try_write(bytes) {
                        Ok(written) => bytes = &bytes[written..],
                        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                        Err(error) => return Err(error),
                    }
                }
                Ok(())
            }
        }
    }
}

/// By itself, so that what is read into is on the stack and not in every conversation that waits.
fn read_now(stream: &TcpStream, buffer: &mut BytesMut, room: usize) -> io::Result<usize> {
    let mut piece = [0; READ];
    let read = stream.try_read(&mut piece[..room.min(READ)])?;
    buffer.extend_from_slice(&piece[..read]);
    Ok(read)
}
