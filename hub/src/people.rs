//! The way in for the first people: the link that makes the first administrator, and the accounts of a demo.

use std::path::Path;
use std::time::Duration;

use chengshu_core::seam::SharedClock;
use chengshu_identity::{DemoAccount, Identities, NotIn};

use crate::keys::Ring;
use crate::managed::secret;
use crate::say;

/// The link, for whoever has not seen the first lines of the log.
const LINK: &str = "setup.link";
const AGAIN: Duration = Duration::from_secs(2);

/// Waits for the database, restores what was known of wrong tries, and prints the link while there is no administrator.
pub async fn invite(identities: Identities, ring: Ring, clock: SharedClock, http: String, data: std::path::PathBuf) {
    while let Err(error) = identities.restore().await {
        tracing::debug!(error = %error.database_words(), "identities wait for the database");
        clock.sleep(AGAIN).await;
    }
    turn(&identities, &ring).await;
    loop {
        match identities.invite().await {
            Ok(None) => {
                let _ = std::fs::remove_file(data.join(LINK)); // it was used
                return;
            }
            Ok(Some(token)) => return print(&format!("{http}/#/setup?token={}", token.expose()), &data),
            Err(NotIn::Failed(error)) => {
                return tracing::error!(%error, "no link for the first administrator could be made");
            }
            Err(_) => clock.sleep(AGAIN).await,
        }
    }
}

/// Encrypts anew what older keys encrypted. What could not be done is done by the next start.
pub async fn turn(identities: &Identities, ring: &Ring) {
    match identities.turn_sealed().await {
        Ok(0) => {}
        Ok(turned) => tracing::info!(turned, "secrets in the database are encrypted with the newest key"),
        Err(error) => return tracing::warn!(?error, "secrets in the database were not encrypted with the newest key"),
    }
    if let Err(error) = ring.forget_older() {
        tracing::warn!(error = format!("{error:#}"), "older keys stay in their file");
    }
}

fn print(link: &str, data: &Path) {
    let file = data.join(LINK);
    if let Err(error) = secret::write_private(&file, link) {
        tracing::warn!(error = format!("{error:#}"), "the link for the first administrator was not kept in a file");
    }
    say(&format!(
        "还没有管理员 (no administrator yet); this link makes the first one, once:\n  {link}\n  also in {}",
        file.display()
    ));
}

/// The accounts of a demo; without a database there are none.
pub async fn demo(identities: &Identities, ring: &Ring) -> Vec<DemoAccount> {
    let accounts = match identities.restore().await {
        Ok(()) => {
            turn(identities, ring).await;
            identities.demo_accounts().await
        }
        Err(error) => Err(error.into()),
    };
    accounts.unwrap_or_else(|error| {
        tracing::error!(?error, "the demo has no accounts");
        Vec::new()
    })
}
