//! Bodies that are made while they are sent. What goes wrong in the middle ends the connection, so that half a file never looks
//! like a whole one.

use axum::BoxError;
use axum::body::{Body, Bytes};
use futures_util::{Stream, StreamExt as _};

/// The pieces as a body: an error leaves out the last chunk of HTTP/1.1, and resets the stream of HTTP/2.
pub(crate) fn flow<E: Into<BoxError>>(pieces: impl Stream<Item = Result<Bytes, E>> + Send + 'static) -> Body {
    // whatever packs a body asks once more after its end, which a stream need not bear
    Body::from_stream(pieces.fuse())
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::io::Read as _;

    use axum::Router;
    use axum::body::to_bytes;
    use axum::http::Request;
    use axum::routing::get;
    use futures_util::stream;
    use tower::ServiceExt as _;
    use tower_http::compression::CompressionLayer;

    use super::*;

    #[tokio::test]
    async fn a_body_may_be_packed_to_its_end() {
        let pieces =
            |left: usize| async move { Some((Ok::<_, Infallible>(Bytes::from("piece\n")), left.checked_sub(1)?)) };
        let handler = async move || flow(stream::unfold(3, pieces));
        let router = Router::new().route("/", get(handler)).layer(CompressionLayer::new().gzip(true));
        let request = Request::builder().uri("/").header("accept-encoding", "gzip").body(Body::empty()).unwrap();
        let answer = router.oneshot(request).await.unwrap();
        assert_eq!(answer.headers()["content-encoding"], "gzip");
        let packed = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let mut text = String::new();
        flate2::read::GzDecoder::new(&*packed).read_to_string(&mut text).unwrap();
        assert_eq!(text, "piece\n".repeat(3));
    }
}
