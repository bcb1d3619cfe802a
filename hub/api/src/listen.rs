//! The door: takes connections, gives each a task, and shows out whoever says nothing, says it too slowly, or does not take
//! what it asked for. A hub that many slow clients hold on to still answers the others.

use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Layer;

use crate::app::App;
use crate::caller::Peer;
use crate::serve::router;

/// How long a connection may take to say what it wants, from its beginning and between two requests.
const SILENT: Duration = Duration::from_secs(20);
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
                tasks.spawn(async move {
                    connection(stream, Peer(from.ip()), router, stop).await;
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

async fn connection(stream: TcpStream, peer: Peer, router: Router, stop: CancellationToken) {
    let _ = stream.set_nodelay(true); // small answers at once; without it they only wait longer
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(STUCK));
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(SILENT).max_buf_size(HEAD_BYTES);
    let served = server
        .serve_connection(TokioIo::new(Box::pin(stream)), TowerToHyperService::new(Extension(peer).layer(router)));
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
