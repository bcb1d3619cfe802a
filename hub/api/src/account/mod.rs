//! The way in, one's own account, and what administrators do with accounts, keys, walls, rights and the audit. What is
//! right is decided in hub/access and crate `identity`; here it is asked for and answered.

pub(crate) mod audit;
pub(crate) mod grants;
pub(crate) mod matrix;
pub(crate) mod me;
pub(crate) mod people;
pub(crate) mod policy;
mod routes;
pub(crate) mod screens;
pub(crate) mod services;
pub(crate) mod signin;
pub(crate) mod sso;
pub(crate) mod standing;

pub(crate) use routes::routes;

use axum::http::StatusCode;
use chengshu_access::{Extent, Grant, Scope, Token, TokenKind};
use chengshu_core::model::{Label, Timestamp};
use chengshu_identity::{NotChanged, NotIn};
use chengshu_seal::random;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::params::{FIRST, LAST, moment};
use crate::problem::Problem;

/// A word in both languages.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Words {
    zh: &'static str,
    en: &'static str,
}

/// Everything, or these; for the document.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only described: hub/access reads and writes it")]
enum PartForm {
    /// `all`
    All(AllWord),
    /// These.
    Some(Vec<String>),
}

#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
#[expect(dead_code, reason = "only described")]
enum AllWord {
    All,
}

/// What one grant reaches: these themes, and of them these departments, areas and camera groups.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only described")]
pub(crate) struct ExtentForm {
    themes: PartForm,
    departments: PartForm,
    areas: PartForm,
    camera_groups: PartForm,
}

/// Roles within a scope for a time.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only described")]
pub(crate) struct GrantForm {
    /// Roles, e.g. operator.
    roles: Vec<String>,
    /// Whatever one of these covers.
    scope: Vec<ExtentForm>,
    /// From then on, ms since 1970; null: ever since.
    #[schemars(range(min = FIRST, max = LAST))]
    from: Option<i64>,
    /// Until just before then; null: until it is taken away.
    #[schemars(range(min = FIRST, max = LAST))]
    until: Option<i64>,
}

/// A scope on the wire.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct ScopeView(#[schemars(with = "Vec<ExtentForm>")] pub(crate) Scope);

/// A grant on the wire.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct GrantView(#[schemars(with = "GrantForm")] pub(crate) Grant);

impl<'de> Deserialize<'de> for GrantView {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let grant = Grant::deserialize(deserializer)?;
        for (name, at) in [("from", grant.from), ("until", grant.until)] {
            let checked = at.map(moment).transpose();
            checked.map_err(|wrong| serde::de::Error::custom(format!("{name}: {wrong}")))?;
        }
        Ok(Self(grant))
    }
}

/// A new token, to be shown once.
pub(crate) fn token(kind: TokenKind) -> Result<Token, Problem> {
    let bytes = random().map_err(|error| {
        tracing::error!(%error, "no token could be made");
        Problem::internal()
    })?;
    Ok(Token::new(kind, bytes))
}

/// A number in an address.
pub(crate) fn number(text: &str, what: &str) -> Result<i64, Problem> {
    let read = text.parse().ok().filter(|number: &i64| *number > 0);
    read.ok_or_else(|| Problem::not_found(format!("there is no {what} {text:?}")))
}

/// Text from a person: 1 to `most` characters, none of them a control.
pub(crate) fn text(what: &str, read: &str, most: usize) -> Result<String, Problem> {
    let text = read.trim();
    let good = (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    let wrong = || Problem::bad_request(format!("body: {what} is {read:?}; expected 1 to {most} characters"));
    good.then(|| text.to_owned()).ok_or_else(wrong)
}

/// Text that may be left out.
pub(crate) fn optional(what: &str, read: Option<&str>, most: usize) -> Result<Option<String>, Problem> {
    read.map(str::trim).filter(|read| !read.is_empty()).map(|read| text(what, read, most)).transpose()
}

pub(crate) fn seconds(until: Timestamp, now: Timestamp) -> u64 {
    until.wait_from(now).as_secs() + 1
}

impl Problem {
    /// Why somebody is not in.
    pub(crate) fn not_in(error: NotIn, now: Timestamp) -> Self {
        match error {
            NotIn::Wrong | NotIn::Sso(_) => Self::login_failed(),
            NotIn::Locked(until) => Self::locked(seconds(until, now)),
            NotIn::TooMany(until) => Self::too_many("too_many_tries", seconds(until, now)),
            NotIn::Away(error) => error.into(),
            NotIn::Failed(error) => {
                tracing::error!(%error, "somebody could not be signed in");
                Self::internal()
            }
        }
    }
}

impl From<NotChanged> for Problem {
    fn from(error: NotChanged) -> Self {
        match error {
            NotChanged::Absent => Self::changed("there is no such person, or somebody else was faster; look again"),
            NotChanged::Wrong => {
                Self::account(StatusCode::BAD_REQUEST, "password_wrong", "the password of now is not right")
            }
            NotChanged::Password(faults) => Self::password(faults),
            NotChanged::Required => {
                Self::account(StatusCode::CONFLICT, "totp_required", "the policy asks for a second factor")
            }
            NotChanged::NoPassword => {
                let detail = "this account has no password: it is signed in to by single sign-on alone";
                Self::account(StatusCode::CONFLICT, "no_password", detail)
            }
            NotChanged::Locked(wait) => Self::locked(wait.as_secs() + 1),
            NotChanged::Last(role) => {
                Self::conflict(format!("this is the last {}; grant it to another first", role.en()))
            }
            NotChanged::Away(error) => error.into(),
            NotChanged::Failed(error) => {
                tracing::error!(%error, "a password could not be changed");
                Self::internal()
            }
        }
    }
}

/// True when the scope covers nothing at all: whoever gets it gets nothing.
pub(crate) fn is_nothing(scope: &Scope) -> bool {
    let extents: Vec<Extent> = scope.clone().into();
    extents.is_empty()
}

/// The name of a district for an authenticator.
pub(crate) fn issuer(district: &Label) -> String {
    format!("城枢 {}", district.zh)
}
