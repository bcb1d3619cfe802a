//! Single sign-on by OpenID Connect (统一身份认证): sends somebody to a provider with state, nonce and PKCE, exchanges the code
//! that comes back, and believes only what is proved: signature, issuer, audience, times, nonce. Knows no accounts and no
//! sessions, and keeps nothing but what the provider says of itself.

mod metadata;
mod provider;
mod token;

use std::sync::Arc;

use chengshu_access::SsoRules;
use chengshu_core::model::{AddressGuard, Label};
use chengshu_core::seam::SharedClock;
use chengshu_dial::NoTls;

pub use provider::{Ask, Provider, Return};

/// What is declared of a provider.
#[derive(Clone)]
pub struct SsoSettings {
    /// Its name in addresses.
    pub id: String,
    /// Its name for people.
    pub name: Label,
    /// Its own name of itself: an address.
    pub issuer: String,
    /// The hub's name there.
    pub client_id: String,
    /// The hub's secret there; none: it is a public client.
    pub client_secret: Option<String>,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// What follows from its claims.
    pub rules: SsoRules,
    /// Which addresses may be called.
    pub guard: AddressGuard,
    /// Authorities that are believed besides the system's, PEM.
    pub ca: Option<Vec<u8>>,
    /// Whoever signs out of the hub signs out there, too.
    pub end_session: bool,
}

impl std::fmt::Debug for SsoSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SsoSettings({} {})", self.id, self.issuer)
    }
}

/// Why nobody is vouched for. The words are for the log: they hold no token and no name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SsoError {
    /// The provider cannot be asked, or does not do its part.
    #[error("{0}")]
    Away(String),
    /// The person, or the provider, said no.
    #[error("the provider answered {0:?}")]
    Denied(String),
    /// What came back proves nothing.
    #[error("{0}")]
    Untrusted(String),
}

impl SsoError {
    /// For the page for signing in, and the audit.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Away(_) => "away",
            Self::Denied(_) => "denied",
            Self::Untrusted(_) => "untrusted",
        }
    }
}

/// The providers that there are.
#[derive(Clone, Default)]
pub struct Sso(Arc<[Provider]>);

impl Sso {
    /// None of them is asked yet. `public_url` is where browsers reach the hub.
    ///
    /// # Errors
    /// [`NoTls`] when an authority cannot be read.
    pub fn new(settings: Vec<SsoSettings>, public_url: &str, clock: &SharedClock) -> Result<Self, NoTls> {
        let provider = |settings| Provider::new(settings, public_url, clock.clone());
        settings.into_iter().map(provider).collect::<Result<Arc<[Provider]>, NoTls>>().map(Self)
    }

    /// One after the other, as they were declared.
    pub fn iter(&self) -> impl Iterator<Item = &Provider> {
        self.0.iter()
    }

    /// The one of this name.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Provider> {
        self.iter().find(|provider| provider.id() == id)
    }

    /// The one that calls itself so.
    #[must_use]
    pub fn of_issuer(&self, issuer: &str) -> Option<&Provider> {
        self.iter().find(|provider| provider.issuer() == issuer)
    }
}
