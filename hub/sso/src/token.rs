//! From a code to somebody who is proved: exchanges it, verifies the ID token by the rules of OpenID Connect Core 3.1.3.7,
//! and asks the provider for claims that the token leaves out. Symmetric and missing signatures prove nothing here.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chengshu_access::Vouched;
use chengshu_core::model::Timestamp;
use chengshu_dial::DialError;
use chrono::{DateTime, Utc};
use openidconnect::core::{
    CoreErrorResponseType, CoreIdToken, CoreIdTokenVerifier, CoreJwsSigningAlgorithm, CoreTokenResponse,
};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClaimsVerificationError, ClientId, OAuth2TokenResponse as _, RequestTokenError,
    SignatureVerificationError, StandardErrorResponse, TokenResponse as _,
};
use serde_json::{Map, Value};

use crate::metadata::{Http, Metadata};
use crate::provider::Secret;
use crate::{Provider, SsoError};

/// Clocks of two machines differ by this at most.
const LEEWAY: Duration = Duration::from_secs(60);
/// Characters of a subject (Core, section 2).
const SUBJECT: usize = 255;

fn untrusted(why: impl ToString) -> SsoError {
    SsoError::Untrusted(why.to_string())
}

fn moment(at: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at.ms()).unwrap_or_default()
}

impl Provider {
    /// What the provider gives for the code.
    pub(crate) async fn tokens(
        &self,
        metadata: &Metadata,
        code: &str,
        secret: &Secret,
    ) -> Result<CoreTokenResponse, SsoError> {
        let client = self.client(metadata)?;
        let http = Http(self.dialer.clone());
        let request = client.exchange_code(AuthorizationCode::new(code.to_owned()));
        let request = request.map_err(|error| SsoError::Away(error.to_string()))?;
        request.set_pkce_verifier(secret.verifier()).request_async(&http).await.map_err(no_tokens)
    }

    /// Somebody, if the ID token proves it.
    pub(crate) async fn vouch(
        &self,
        metadata: Arc<Metadata>,
        tokens: &CoreTokenResponse,
        secret: &Secret,
    ) -> Result<Vouched, SsoError> {
        let token = tokens.id_token().ok_or_else(|| untrusted("there is no ID token"))?;
        let mut claims = match self.verify(&metadata, token, tokens, secret) {
            Err(Unproved::Key) => {
                let metadata = self.keys_again().await.ok_or(Unproved::Key)?;
                self.verify(&metadata, token, tokens, secret)?
            }
            other => other?,
        };
        let subject = claims.get("sub").and_then(Value::as_str).unwrap_or_default().to_owned();
        if subject.is_empty() || subject.chars().count() > SUBJECT || subject.chars().any(char::is_control) {
            return Err(untrusted("the subject is no name"));
        }
        let rules = &self.settings.rules;
        if rules.misses(&claims) {
            match self.user_info(&metadata, tokens, &subject).await {
                Ok(more) => {
                    for (name, value) in more {
                        claims.entry(name).or_insert(value);
                    }
                }
                // without them somebody would lose what the claims grant
                Err(error) if rules.creates || !rules.grants.is_empty() => return Err(error),
                Err(error) => tracing::debug!(provider = self.id(), %error, "the provider tells no more claims"),
            }
        }
        Ok(rules.judge(self.issuer(), &subject, &claims))
    }

    fn verify(
        &self,
        metadata: &Metadata,
        token: &CoreIdToken,
        tokens: &CoreTokenResponse,
        secret: &Secret,
    ) -> Result<Map<String, Value>, Unproved> {
        use CoreJwsSigningAlgorithm::{EcdsaP256Sha256, EdDsa, RsaSsaPkcs1V15Sha256, RsaSsaPssSha256};
        let now = self.clock.now();
        let leeway = i64::try_from(LEEWAY.as_millis()).unwrap_or(i64::MAX);
        let (earliest, latest) = (Timestamp::from_ms(secret.at.ms() - leeway), now.after(LEEWAY));
        let client = ClientId::new(self.settings.client_id.clone());
        let verifier =
            CoreIdTokenVerifier::new_public_client(client, metadata.issuer().clone(), metadata.jwks().clone())
                .set_allowed_algs([RsaSsaPkcs1V15Sha256, RsaSsaPssSha256, EcdsaP256Sha256, EdDsa])
                .set_time_fn(move || moment(Timestamp::from_ms(now.ms() - leeway)))
                .set_issue_time_verifier_fn(move |at| {
                    let good = (moment(earliest)..=moment(latest)).contains(&at);
                    if good { Ok(()) } else { Err(format!("issued at {at}, not for this sign-in")) }
                });
        let proved = token.claims(&verifier, &secret.nonce)?;
        if let Some(hash) = proved.access_token_hash() {
            let key = token.signing_key(&verifier).map_err(ClaimsVerificationError::SignatureVerification)?;
            let algorithm = token.signing_alg().map_err(ClaimsVerificationError::SignatureVerification)?;
            let ours = AccessTokenHash::from_token(tokens.access_token(), algorithm, key);
            if ours.ok().as_ref() != Some(hash) {
                return Err(untrusted("at_hash is that of another access token").into());
            }
        }
        let azp = proved.authorized_party();
        if azp.is_some_and(|azp| azp.as_str() != self.settings.client_id) {
            return Err(untrusted("azp is another client").into());
        }
        let claims = payload(token)?;
        // the library does not look at it
        let from = claims.get("nbf").map(|nbf| nbf.as_f64().unwrap_or(f64::INFINITY));
        if from.is_some_and(|seconds| seconds * 1000.0 > latest.ms() as f64) {
            return Err(untrusted("nbf is in the future").into());
        }
        Ok(claims)
    }

    /// Claims that the token leaves out, about the same subject.
    async fn user_info(
        &self,
        metadata: &Metadata,
        tokens: &CoreTokenResponse,
        subject: &str,
    ) -> Result<Map<String, Value>, SsoError> {
        let away = |why: String| SsoError::Away(format!("userinfo: {why}"));
        let Some(url) = metadata.userinfo_endpoint() else { return Ok(Map::new()) };
        let request = hyper::Request::get(url.as_str())
            .header("accept", "application/json")
            .header("authorization", format!("Bearer {}", tokens.access_token().secret()))
            .body(Vec::new());
        let answer = Http(self.dialer.clone()).send(request.map_err(|error| away(error.to_string()))?).await;
        let answer = answer.map_err(|error| away(error.to_string()))?;
        if !answer.status().is_success() {
            return Err(away(format!("it answered {}", answer.status())));
        }
        let claims: Map<String, Value> =
            serde_json::from_slice(answer.body()).map_err(|_| away("the answer is no JSON object".to_owned()))?;
        if claims.get("sub").and_then(Value::as_str) != Some(subject) {
            return Err(untrusted("userinfo is about somebody else"));
        }
        Ok(claims)
    }
}

/// Why a token proves nothing.
enum Unproved {
    /// It names a key that is not known.
    Key,
    Other(SsoError),
}

impl From<ClaimsVerificationError> for Unproved {
    fn from(error: ClaimsVerificationError) -> Self {
        match error {
            ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => Self::Key,
            ClaimsVerificationError::SignatureVerification(error) => Self::Other(untrusted(error)),
            other => Self::Other(untrusted(other)),
        }
    }
}

impl From<SsoError> for Unproved {
    fn from(error: SsoError) -> Self {
        Self::Other(error)
    }
}

impl From<Unproved> for SsoError {
    fn from(unproved: Unproved) -> Self {
        match unproved {
            Unproved::Key => untrusted("the ID token is signed by a key that the provider does not name"),
            Unproved::Other(error) => error,
        }
    }
}

/// All claims of a token that was verified.
fn payload(token: &CoreIdToken) -> Result<Map<String, Value>, SsoError> {
    let text = token.to_string();
    let part = text.split('.').nth(1).unwrap_or_default();
    let bytes = URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).map_err(untrusted)?;
    serde_json::from_slice(&bytes).map_err(untrusted)
}

/// Never a word of what was answered: it may hold tokens.
fn no_tokens(error: RequestTokenError<DialError, StandardErrorResponse<CoreErrorResponseType>>) -> SsoError {
    match error {
        RequestTokenError::Request(error) => SsoError::Away(error.to_string()),
        RequestTokenError::ServerResponse(answer) => {
            untrusted(format!("the code was refused: {}", answer.error().as_ref()))
        }
        RequestTokenError::Parse(error, _) => untrusted(format!("the tokens cannot be read: {}", error.path())),
        RequestTokenError::Other(why) => SsoError::Away(why),
    }
}
