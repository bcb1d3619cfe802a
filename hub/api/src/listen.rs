//! The door: takes connections, gives each a task, and shows out whoever says nothing, says it too slowly, or does not take
//! what it asked for. A hub that many slow clients hold on to still answers the others. With TLS or without.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use chengshu_core::seam::SharedClock;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Layer;

use crate::app::App;
use crate::origin::Peer;
use crate::serve::router;
use crate::tls::Tls;

/// How long a connection may take to say what it wants, from its beginning and between two requests.
const SILENT: Duration = Duration::from_secs(20);
/// How long a client may take to agree on TLS.
const HANDSHAKE: Duration = Duration::from_secs(8);
/// The first byte of whoever speaks TLS.
const HELLO: u8 = 0x16;
/// For whoever speaks plain HTTP where TLS is expected.
const SPEAK_TLS: &[u8] = b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n\r\n\
    \xe6\xad\xa4\xe7\xab\xaf\xe5\x8f\xa3\xe4\xbd\xbf\xe7\x94\xa8 HTTPS / this port speaks HTTPS: the address begins with https://\n";
/// How long a client may take nothing of its answer.
const STUCK: Duration = Duration::from_secs(20);
/// Head of a request at most; more than any question of ours needs.
const HEAD_BYTES: usize = 64 * 1024;
/// After the system could not give a connection (no more files).
const PAUSE: Duration = Duration::from_millis(200);

/// The server could not go on.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP server ended")]
pub struct ServeError(#[from] std::io::Error);

/// Serves until `app.stop`, and until what was under way then has ended.
///
/// # Errors
/// [`ServeError`] when the listener is none.
pub async fn serve(listener: TcpListener, app: App) -> Result<(), ServeError> {
    listener.local_addr()?;
    let (stop, clock) = (app.stop.clone(), app.clock.clone());
    let room = Arc::new(Semaphore::new(app.limits.connections));
    let tls = app.tls.clone();
    let (router, tasks) = (router(app), TaskTracker::new());
    loop {
        // one that finds no room waits with the system, not with us
        let next = async { (room.clone().acquire_owned().await, listener.accept().await) };
        let (place, accepted) = tokio::select! {
            next = next => next,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, from)) => {
                let (router, stop) = (router.clone(), stop.clone());
                let (tls, clock) = (tls.clone(), clock.clone());
                tasks.spawn(async move {
                    let peer = Peer { ip: from.ip(), tls: tls.is_some() };
                    match tls {
                        Some(tls) => secured(stream, &tls, &clock, peer, router, stop).await,
                        None => connection(timed(stream), peer, router, stop).await,
                    }
                    drop(place);
                });
            }
            Err(error) if lost(&error) => {} // gone before it was taken
            Err(error) => {
                tracing::error!(%error, "no connection can be taken");
                clock.sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    tasks.close();
    tasks.wait().await;
    Ok(())
}

/// A connection that nobody can hold on to by taking nothing.
fn timed(stream: TcpStream) -> Pin<Box<TimeoutStream<TcpStream>>> {
    let _ = stream.set_nodelay(true); // small answers at once; without it they only wait longer
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(STUCK));
    Box::pin(stream)
}

/// Agrees on TLS first.
async fn secured(
    stream: TcpStream,
    tls: &Tls,
    clock: &SharedClock,
    peer: Peer,
    router: Router,
    stop: CancellationToken,
) {
    let agreed = async {
        let mut first = [0];
        let read = stream.peek(&mut first).await?;
        let mut stream = timed(stream);
        if read == 1 && first[0] != HELLO {
            stream.write_all(SPEAK_TLS).await?;
            stream.shutdown().await?;
            return Ok(None);
        }
        tls.acceptor().accept(stream).await.map(Some)
    };
    let agreed = tokio::select! {
        agreed = agreed => agreed,
        () = clock.sleep(HANDSHAKE) => Ok(None),
        () = stop.cancelled() => Ok(None),
    };
    match agreed {
        Ok(Some(stream)) => connection(stream, peer, router, stop).await,
        Ok(None) => {}
        Err(error) => tracing::debug!(%error, "a connection did not come to TLS"),
    }
}

async fn connection(stream: impl AsyncRead + AsyncWrite + Unpin, peer: Peer, router: Router, stop: CancellationToken) {
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(SILENT).max_buf_size(HEAD_BYTES);
    let served = server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(Extension(peer).layer(router)));
    let mut served = std::pin::pin!(served);
    let result = tokio::select! {
        result = served.as_mut() => result,
        () = stop.cancelled() => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection ended early");
    }
}

fn lost(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
