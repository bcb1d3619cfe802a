//! Looks again and again whether the certificate of the door was renewed, and shows the new one from then on: nobody has to
//! restart a hub because a certificate ends. A pair that does not fit is told in the log, and the old one stays.

use std::path::Path;
use std::time::Duration;

use chengshu_core::seam::SharedClock;
use tokio_util::sync::CancellationToken;

use crate::config::TlsConfig;

/// How soon a renewed certificate is shown.
const EVERY: Duration = Duration::from_secs(15);

/// Watches both files until `stop`.
pub async fn watch(config: TlsConfig, clock: SharedClock, stop: CancellationToken) {
    // what stood in them last, taken over or refused: neither is tried twice
    let mut seen = read(&config).ok();
    loop {
        tokio::select! {
            () = clock.sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
        let found = match read(&config) {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%error, "the certificate of the door cannot be looked at; the hub's user must be able to read it");
                continue;
            }
        };
        if seen.as_ref() == Some(&found) {
            continue;
        }
        match config.tls.replace(&found.0, &found.1) {
            Ok(()) => tracing::info!(file = %config.cert_file.display(), "the door shows the renewed certificate"),
            Err(error) => {
                tracing::error!(%error, file = %config.cert_file.display(), "the renewed certificate is of no use; the old one is shown")
            }
        }
        seen = Some(found);
    }
}

fn read(config: &TlsConfig) -> std::io::Result<(Vec<u8>, Vec<u8>)> {
    let file = |path: &Path| std::fs::read(path);
    Ok((file(&config.cert_file)?, file(&config.key_file)?))
}
