//! One provider: where somebody is sent, and what is made of what comes back.

use std::time::Duration;

use chengshu_access::Vouched;
use chengshu_core::model::{Label, Timestamp};
use chengshu_core::seam::SharedClock;
use chengshu_dial::{Dialer, NoTls};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod};
use openidconnect::{
    AuthType, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, LogoutRequest, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, RedirectUrl, Scope,
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::metadata::{Known, Metadata};
use crate::{SsoError, SsoSettings};

/// All that a return may take, so that the hub answers before anybody gives up.
const ALL: Duration = Duration::from_secs(8);
/// Characters of a code.
const CODE: usize = 4_096;

pub(crate) type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// A provider of single sign-on (统一身份认证).
pub struct Provider {
    pub(crate) settings: SsoSettings,
    redirect: String,
    home: String,
    pub(crate) dialer: Dialer,
    pub(crate) clock: SharedClock,
    pub(crate) known: Mutex<Known>,
}

/// Somebody is sent to a provider.
#[derive(Clone)]
pub struct Ask {
    /// Where to.
    pub url: String,
    /// Comes back in the address.
    pub state: String,
    /// To be kept, and shown to nobody.
    pub secret: Vec<u8>,
}

/// What must be known when they come back.
#[derive(Serialize, Deserialize)]
pub(crate) struct Secret {
    pub(crate) nonce: Nonce,
    verifier: PkceCodeVerifier,
    pub(crate) at: Timestamp,
}

/// What the address carries when they come back.
#[derive(Debug, Clone, Copy, Default)]
pub struct Return<'a> {
    /// To be exchanged for tokens.
    pub code: Option<&'a str>,
    /// Who says so (RFC 9207).
    pub issuer: Option<&'a str>,
    /// What went wrong.
    pub error: Option<&'a str>,
}

impl Provider {
    pub(crate) fn new(settings: SsoSettings, public_url: &str, clock: SharedClock) -> Result<Self, NoTls> {
        let home = public_url.trim_end_matches('/');
        let redirect = format!("{home}/api/v1/login/sso/{}/return", settings.id);
        let dialer = Dialer::new(settings.guard.clone(), "sso.allow_networks", settings.ca.as_deref(), clock.clone())?;
        let known = Mutex::default();
        Ok(Self { settings, redirect, home: format!("{home}/"), dialer, clock, known })
    }

    /// Its name in addresses.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.settings.id
    }

    /// Its name for people.
    #[must_use]
    pub fn name(&self) -> &Label {
        &self.settings.name
    }

    /// Its own name of itself.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// Sends somebody there.
    ///
    /// # Errors
    /// [`SsoError::Away`].
    pub async fn ask(&self) -> Result<Ask, SsoError> {
        let metadata = self.metadata().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.client(&metadata)?;
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let request = client.authorize_url(flow, || CsrfToken::new_random_len(32), || Nonce::new_random_len(32));
        let scopes = self.settings.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new);
        let (url, state, nonce) = request.add_scopes(scopes).set_pkce_challenge(challenge).url();
        let secret = Secret { nonce, verifier, at: self.clock.now() };
        let secret = serde_json::to_vec(&secret).map_err(|error| SsoError::Away(error.to_string()))?;
        Ok(Ask { url: url.into(), state: state.into_secret(), secret })
    }

    /// Who it is, if what came back proves it. `secret` is what was kept.
    ///
    /// # Errors
    /// [`SsoError`].
    pub async fn redeem(&self, back: Return<'_>, secret: &[u8]) -> Result<Vouched, SsoError> {
        tokio::select! {
            vouched = self.exchange(back, secret) => vouched,
            () = self.clock.sleep(ALL) => Err(SsoError::Away(format!("no answer within {} s", ALL.as_secs()))),
        }
    }

    async fn exchange(&self, back: Return<'_>, secret: &[u8]) -> Result<Vouched, SsoError> {
        let secret: Secret = serde_json::from_slice(secret)
            .map_err(|_| SsoError::Untrusted("what was kept of it cannot be read".to_owned()))?;
        let metadata = self.metadata().await?;
        let named = metadata.additional_metadata().authorization_response_iss_parameter_supported;
        if back.issuer.map_or(named, |issuer| issuer != self.issuer()) {
            return Err(SsoError::Untrusted("the answer names another issuer, or none".to_owned()));
        }
        if let Some(error) = back.error {
            return Err(SsoError::Denied(error.chars().filter(char::is_ascii_graphic).take(80).collect()));
        }
        let code = back.code.filter(|code| (1..=CODE).contains(&code.len()));
        let code = code.ok_or_else(|| SsoError::Untrusted("the answer carries no code".to_owned()))?;
        let tokens = self.tokens(&metadata, code, &secret).await?;
        self.vouch(metadata, &tokens, &secret).await
    }

    /// The library's client, with what the provider says of itself.
    pub(crate) fn client(&self, metadata: &Metadata) -> Result<Client, SsoError> {
        let id = ClientId::new(self.settings.client_id.clone());
        let secret = self.settings.client_secret.clone().map(ClientSecret::new);
        let redirect = RedirectUrl::new(self.redirect.clone()).map_err(|error| SsoError::Away(error.to_string()))?;
        let posts = metadata.token_endpoint_auth_methods_supported().is_some_and(|methods| {
            methods.contains(&CoreClientAuthMethod::ClientSecretPost)
                && !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
        });
        let how = if posts { AuthType::RequestBody } else { AuthType::BasicAuth };
        Ok(CoreClient::from_provider_metadata(metadata.clone(), id, secret)
            .set_redirect_uri(redirect)
            .set_auth_type(how))
    }

    /// Where somebody who signs out of the hub signs out there, too; none unless that is wanted and known.
    #[must_use]
    pub fn sign_out(&self) -> Option<String> {
        if !self.settings.end_session {
            return None;
        }
        let known = self.known.try_lock().ok()?;
        let endpoint = known.metadata()?.additional_metadata().end_session_endpoint.clone()?;
        let home = PostLogoutRedirectUrl::new(self.home.clone()).ok()?;
        let id = ClientId::new(self.settings.client_id.clone());
        let request = LogoutRequest::from(endpoint).set_client_id(id).set_post_logout_redirect_uri(home);
        Some(request.http_get_url().into())
    }
}

impl Secret {
    pub(crate) fn verifier(&self) -> PkceCodeVerifier {
        PkceCodeVerifier::new(self.verifier.secret().clone())
    }
}
