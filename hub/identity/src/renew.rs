//! A new token in the place of an old one: when what somebody may has changed, and before a wall's credential ends. The old
//! one stays good for a while, for requests under way and for a wall that never got the new one.

use std::time::Duration;

use chengshu_access::TokenKind;
use chengshu_core::model::Timestamp;

use crate::identities::Identities;
use crate::known::{Found, Known};
use crate::login::{Cookie, token};
use crate::proof::Proof;

const PERSON_GRACE: Duration = Duration::from_secs(60);
const SCREEN_GRACE: Duration = Duration::from_secs(7 * 24 * 3600);

impl Identities {
    /// The new token for somebody known by this proof; none when another request was first, or the database does not answer:
    /// the old one is still good.
    pub async fn renew(&self, proof: &Proof, known: &Known, now: Timestamp) -> Option<Cookie> {
        let policy = self.policy().await.ok()?;
        let store = &self.0.store;
        let (cookie, done) = match &known.found {
            Found::Person(person) => {
                let new = token(TokenKind::Session).ok()?;
                let version = store.grants_get(person.person).await.ok()??.1;
                let rotated = person.session.rotated(version, now); // that a page asked by itself is no use
                let done = store.session_rotate(&proof.hash, &new.hash(), &rotated, now.after(PERSON_GRACE)).await;
                (Cookie { token: new, kind: TokenKind::Session, seconds: policy.0.session.absolute_s }, done)
            }
            Found::Screen(_) => {
                let new = token(TokenKind::Screen).ok()?;
                let done = store.screen_renew(&proof.hash, &new.hash(), now, now.after(SCREEN_GRACE)).await;
                (Cookie { token: new, kind: TokenKind::Screen, seconds: policy.0.session.screen_s }, done)
            }
            Found::Key | Found::Service { .. } => return None,
        };
        let done = done
            .inspect_err(|error| tracing::warn!(error = %error.database_words(), "a token could not be renewed"))
            .unwrap_or(false);
        if done {
            self.0.memory.forget();
        }
        done.then_some(cookie)
    }
}
