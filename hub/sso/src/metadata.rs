//! What a provider says of itself: its addresses and its keys. Asked for when somebody comes, remembered for an hour; keys
//! are asked for again when a token names one that is not known, at most once a minute.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode,
    CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::url::Url;
use openidconnect::{
    AdditionalProviderMetadata, AsyncHttpClient, DiscoveryError, EndSessionUrl, HttpRequest, HttpResponse, IssuerUrl,
    ProviderMetadata,
};
use serde::{Deserialize, Serialize};

use chengshu_dial::{DialError, Dialer};

use crate::{Provider, SsoError};

/// What is remembered is asked for again after this.
const FRESH: Duration = Duration::from_secs(3600);
/// Who did not answer is not asked again within this.
const PAUSE: Duration = Duration::from_secs(2);
/// Keys are asked for again after this.
const KEYS: Duration = Duration::from_secs(60);
/// One question to a provider.
const WITHIN: Duration = Duration::from_secs(4);
/// Bytes of an answer.
const MOST: usize = 512 * 1024;

/// What is read of the document besides what the library knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct More {
    /// Where somebody signs out (RP-Initiated Logout).
    pub(crate) end_session_endpoint: Option<EndSessionUrl>,
    /// Answers name their issuer (RFC 9207).
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for More {}

pub(crate) type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// What is known of a provider; times are monotonic.
#[derive(Default)]
pub(crate) struct Known {
    metadata: Option<(Arc<Metadata>, Duration)>,
    failed: Option<(SsoError, Duration)>,
    keys: Option<Duration>,
}

impl Known {
    /// What was heard, however long ago.
    pub(crate) fn metadata(&self) -> Option<&Arc<Metadata>> {
        self.metadata.as_ref().map(|(metadata, _)| metadata)
    }
}

impl Provider {
    /// What the provider says of itself.
    pub(crate) async fn metadata(&self) -> Result<Arc<Metadata>, SsoError> {
        let mut known = self.known.lock().await;
        let now = self.clock.monotonic();
        if let Some((metadata, at)) = &known.metadata
            && now.saturating_sub(*at) < FRESH
        {
            return Ok(metadata.clone());
        }
        if let Some((error, at)) = &known.failed
            && now.saturating_sub(*at) < PAUSE
        {
            return known.metadata().cloned().ok_or_else(|| error.clone());
        }
        match self.discover().await {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                *known = Known { metadata: Some((metadata.clone(), now)), ..Known::default() };
                Ok(metadata)
            }
            Err(error) => {
                tracing::warn!(provider = self.id(), %error, "a provider of single sign-on does not say what it is");
                known.failed = Some((error.clone(), now));
                // what it said an hour ago is better than nothing: keys that it has changed since open nothing
                known.metadata().cloned().ok_or(error)
            }
        }
    }

    /// The same with keys asked for again; none when that was done a moment ago.
    pub(crate) async fn keys_again(&self) -> Option<Arc<Metadata>> {
        let mut known = self.known.lock().await;
        let now = self.clock.monotonic();
        if known.keys.is_some_and(|at| now.saturating_sub(at) < KEYS) {
            return None;
        }
        let (metadata, at) = known.metadata.clone()?;
        known.keys = Some(now);
        let http = Http(self.dialer.clone());
        let keys = CoreJsonWebKeySet::fetch_async(metadata.jwks_uri(), &http).await;
        let keys = keys.map_err(words).inspect_err(|error| {
            tracing::warn!(provider = self.id(), error, "the keys of a provider cannot be read");
        });
        let metadata = Arc::new(Metadata::clone(&metadata).set_jwks(keys.ok()?));
        known.metadata = Some((metadata.clone(), at));
        Some(metadata)
    }

    async fn discover(&self) -> Result<Metadata, SsoError> {
        let issuer = IssuerUrl::new(self.issuer().to_owned()).map_err(|error| SsoError::Away(error.to_string()))?;
        let http = Http(self.dialer.clone());
        let found = Metadata::discover_async(issuer, &http).await;
        let metadata = found.map_err(|error| SsoError::Away(words(error)))?;
        let token = metadata.token_endpoint().map(|url| url.url());
        let token = token.ok_or_else(|| SsoError::Away("it names no token_endpoint".to_owned()))?;
        let all = [token, metadata.authorization_endpoint().url(), metadata.jwks_uri().url()];
        let user = metadata.userinfo_endpoint().map(|url| url.url());
        if let Some(url) = all.into_iter().chain(user).find(|url| !self.may_be(url)) {
            return Err(SsoError::Away(format!("{url} is not https")));
        }
        Ok(metadata)
    }

    /// Secrets go over https; without it only where the provider itself lies on this machine.
    fn may_be(&self, url: &Url) -> bool {
        url.scheme() == "https" || (url.scheme() == "http" && self.issuer().starts_with("http://"))
    }
}

/// What the library asks through.
pub(crate) struct Http(pub(crate) Dialer);

impl Http {
    /// One question.
    pub(crate) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, DialError> {
        let answer = self.0.ask(request.map(Into::into), WITHIN, MOST).await?;
        Ok(answer.map(|body| body.to_vec()))
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = DialError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, DialError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// What went wrong, without what was answered.
fn words(error: DiscoveryError<DialError>) -> String {
    match error {
        DiscoveryError::Request(error) => error.to_string(),
        DiscoveryError::Response(status, _, why) => format!("it answered {status}: {why}"),
        DiscoveryError::Parse(error) => format!("its document cannot be read: {error}"),
        DiscoveryError::Validation(why) | DiscoveryError::Other(why) => why,
        other => other.to_string(),
    }
}
