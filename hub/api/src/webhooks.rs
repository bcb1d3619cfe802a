//! Webhooks: whom to tell of what, and how the telling stands. The hub sends (crate `hooks`); here it is only said where,
//! looked at, and asked for again. A secret is shown once, when it is made.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chengshu_core::model::Timestamp;
use chengshu_store::{Again, SealedAt, StoredDelivery, StoredWebhook, Tx, WebhookEntry};
use rand::RngExt as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use url::{Host, Url};

use crate::app::App;
use crate::caller::Who;
use crate::latest::NoParams;
use crate::params::{Body, Params, page};
use crate::problem::Problem;
use crate::register::entry::FieldError;

/// Webhooks at most.
const WEBHOOKS_MAX: i64 = 100;
/// Characters of an address at most.
const URL_MAX: usize = 2_000;

/// What can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) enum HappeningWord {
    /// An alarm was raised.
    #[serde(rename = "alarm.raised")]
    AlarmRaised,
    /// It is over.
    #[serde(rename = "alarm.cleared")]
    AlarmCleared,
    /// A device reported an event.
    #[serde(rename = "event")]
    Event,
    /// A device has fallen silent.
    #[serde(rename = "device.offline")]
    DeviceOffline,
    /// It has come back.
    #[serde(rename = "device.online")]
    DeviceOnline,
}

impl HappeningWord {
    fn word(self) -> &'static str {
        match self {
            Self::AlarmRaised => "alarm.raised",
            Self::AlarmCleared => "alarm.cleared",
            Self::Event => "event",
            Self::DeviceOffline => "device.offline",
            Self::DeviceOnline => "device.online",
        }
    }
}

/// A webhook to be made or changed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookBody {
    /// A name for people, 1 to 200 characters.
    #[schemars(length(min = 1, max = 200))]
    name: String,
    /// Where it is told: `https://…` or `http://…`. Addresses that are not public must stand in `webhooks.allow` of the
    /// configuration.
    #[schemars(length(min = 1, max = 2000), url)]
    url: String,
    /// Only these; empty (default): all.
    #[serde(default)]
    events: Vec<HappeningWord>,
    /// Only of these themes; empty (default): all.
    #[serde(default)]
    themes: Vec<String>,
    /// Whether it is told at all; default true.
    #[serde(default = "yes")]
    enabled: bool,
    /// Make a new secret (changes only; a new webhook always gets one). Default false.
    #[serde(default)]
    new_secret: bool,
}

fn yes() -> bool {
    true
}

/// A webhook.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct WebhookView {
    id: i64,
    name: String,
    url: String,
    /// Only these; empty: all.
    events: Vec<String>,
    /// Only of these themes; empty: all.
    themes: Vec<String>,
    enabled: bool,
    /// When it was made, ms since 1970. What happened before is not told.
    made: i64,
    /// By whom.
    caller: String,
    /// Its receiver does not answer: nothing is sent before this moment, ms since 1970.
    held_until: Option<i64>,
    /// Deliveries that wait.
    waiting: i64,
    /// Deliveries that were given up, and can be replayed.
    given_up: i64,
}

/// All webhooks.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct WebhookList {
    webhooks: Vec<WebhookView>,
}

/// A webhook after it was made or changed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct WebhookSaved {
    #[serde(flatten)]
    webhook: WebhookView,
    /// Signs what is sent (`X-Chengshu-Signature: t=SECONDS,v1=HMAC-SHA256 of "SECONDS.BODY"`). Shown here and never again;
    /// null when it did not change.
    secret: Option<String>,
}

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeliveryWord {
    Waiting,
    Delivered,
    GivenUp,
}

/// Which deliveries.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeliveryParams {
    /// Only those that stand so.
    state: Option<DeliveryWord>,
    /// Only those with a smaller number: the `next` of the page before.
    before: Option<i64>,
    /// At most this many, 1 to 1000; default 100.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<u32>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DeliveryView {
    /// Its number, also the `sequence` of the message: what happened later has a greater one.
    id: i64,
    /// alarm.raised, alarm.cleared, event, device.offline, device.online or test.
    event: String,
    /// When it happened, hub time, ms since 1970.
    made: i64,
    /// waiting, delivered or given_up.
    state: String,
    /// How often it was tried since it was last asked for.
    attempts: i32,
    /// The last attempt, ms since 1970.
    tried: Option<i64>,
    /// When it is tried next, if it waits, ms since 1970.
    due: Option<i64>,
    /// The HTTP status of the last answer.
    status: Option<i32>,
    /// What went wrong last.
    error: Option<String>,
    /// What is told.
    #[schemars(with = "serde_json::Value")]
    data: Option<Box<RawValue>>,
}

/// A page of deliveries, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DeliveryPage {
    deliveries: Vec<DeliveryView>,
    /// Ask again with `before` set to this; none when this was the last page.
    next: Option<i64>,
}

/// A test that will be delivered.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TestView {
    /// The number of the delivery.
    delivery: i64,
}

/// What is to be delivered again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgainOrder {
    /// These deliveries, whatever became of them; left out: all that were given up.
    #[schemars(length(max = 1000))]
    ids: Option<Vec<i64>>,
}

/// What will be.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AgainView {
    /// Deliveries that wait again.
    deliveries: u64,
}

impl From<StoredWebhook> for WebhookView {
    fn from(stored: StoredWebhook) -> Self {
        let StoredWebhook { id, entry, made, caller, held_until, waiting, given_up } = stored;
        let WebhookEntry { name, url, kinds, themes, enabled } = entry;
        let held_until = held_until.map(Timestamp::ms);
        Self { id, name, url, events: kinds, themes, enabled, made: made.ms(), caller, held_until, waiting, given_up }
    }
}

impl From<StoredDelivery> for DeliveryView {
    fn from(stored: StoredDelivery) -> Self {
        let due = (stored.state == "waiting").then_some(stored.due.ms());
        Self {
            id: stored.id,
            event: stored.kind,
            made: stored.made.ms(),
            state: stored.state,
            attempts: stored.attempts,
            tried: stored.tried.map(Timestamp::ms),
            due,
            status: stored.status,
            error: stored.words,
            data: RawValue::from_string(stored.data).ok(),
        }
    }
}

fn number(id: &str) -> Result<i64, Problem> {
    id.parse().map_err(|_| missing(id))
}

fn missing(id: impl std::fmt::Display) -> Problem {
    Problem::not_found(format!("there is no webhook {id}"))
}

async fn one(app: &App, id: i64) -> Result<WebhookView, Problem> {
    let found = app.store.webhook_list(Some(id)).await?.pop();
    found.map(WebhookView::from).ok_or_else(|| missing(id))
}

/// Everything that is wrong with a webhook at once.
fn check(app: &App, who: &Who, body: WebhookBody) -> Result<WebhookEntry, Problem> {
    let mut errors = Vec::new();
    let mut wrong = |field: &'static str, read: &str, expected: String| {
        errors.push(FieldError { field, read: read.chars().take(80).collect(), expected });
    };
    let name = body.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        wrong("name", &name, "1 to 200 characters, none of them control".to_owned());
    }
    if let Err(expected) = check_url(app, &body.url) {
        wrong("url", &body.url, expected);
    }
    app.board.read(|board| {
        let known: Vec<&str> = board.themes.iter().map(|theme| theme.id.as_str()).collect();
        for theme in &body.themes {
            if !known.contains(&theme.as_str()) || !who.scope.covers_theme(theme) {
                wrong("themes", theme, format!("any of {}", known.join(", ")));
            }
        }
    });
    if !errors.is_empty() {
        return Err(Problem::fields("the webhook", errors));
    }
    let mut kinds: Vec<String> = body.events.iter().map(|event| event.word().to_owned()).collect();
    kinds.sort();
    kinds.dedup();
    let mut themes = body.themes;
    themes.sort();
    themes.dedup();
    Ok(WebhookEntry { name, url: body.url, kinds, themes, enabled: body.enabled })
}

fn check_url(app: &App, text: &str) -> Result<(), String> {
    let form =
        || format!("an address such as https://receiver.example/hook, at most {URL_MAX} characters, without a user");
    if text.len() > URL_MAX {
        return Err(form());
    }
    let url = Url::parse(text).map_err(|_| form())?;
    let plain = url.username().is_empty() && url.password().is_none();
    if !["http", "https"].contains(&url.scheme()) || !plain {
        return Err(form());
    }
    let address = match url.host() {
        None => return Err(form()),
        Some(Host::Domain(_)) => return Ok(()), // judged by what it means when it is called
        Some(Host::Ipv4(four)) => four.into(),
        Some(Host::Ipv6(six)) => six.into(),
    };
    let hint = || "a public address, or one that webhooks.allow of the configuration names".to_owned();
    if app.guard.permits(address) { Ok(()) } else { Err(hint()) }
}

fn new_secret() -> String {
    let bytes: [u8; 32] = rand::rng().random();
    bytes.iter().fold("whsec_".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

async fn keep_secret(app: &App, tx: &mut Tx, id: i64, secret: &str) -> Result<(), Problem> {
    let kept = app.identities.seal().close(&SealedAt::Webhook(id).place(), secret.as_bytes());
    tx.webhook_secret(id, &kept.map_err(|error| Problem::no_random(&error))?).await?;
    Ok(())
}

pub(crate) async fn list(
    State(app): State<App>,
    _: Who,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<WebhookList>, Problem> {
    let stored = app.store.webhook_list(None).await?;
    Ok(Json(WebhookList { webhooks: stored.into_iter().map(WebhookView::from).collect() }))
}

pub(crate) async fn get(
    State(app): State<App>,
    _: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<WebhookView>, Problem> {
    Ok(Json(one(&app, number(&id)?).await?))
}

pub(crate) async fn create(
    State(app): State<App>,
    who: Who,
    Body(body): Body<WebhookBody>,
) -> Result<Json<WebhookSaved>, Problem> {
    let entry = check(&app, &who, body)?;
    let secret = new_secret();
    let mut tx = app.store.tx().await?;
    let made = tx.webhook_add(&entry, &who.name(), app.clock.now(), WEBHOOKS_MAX).await?;
    let id =
        made.ok_or_else(|| Problem::full(format!("there are {WEBHOOKS_MAX} webhooks already; delete one first")))?;
    keep_secret(&app, &mut tx, id, &secret).await?;
    tx.commit_with(who.line_with("id", id)).await?;
    tracing::info!(caller = who.name(), webhook = id, "a webhook was made");
    Ok(Json(WebhookSaved { webhook: one(&app, id).await?, secret: Some(secret) }))
}

pub(crate) async fn change(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Body(body): Body<WebhookBody>,
) -> Result<Json<WebhookSaved>, Problem> {
    let id = number(&id)?;
    let secret = body.new_secret.then(new_secret);
    let entry = check(&app, &who, body)?;
    let mut tx = app.store.tx().await?;
    if !tx.webhook_put(id, &entry).await? {
        return Err(missing(id));
    }
    if let Some(secret) = &secret {
        keep_secret(&app, &mut tx, id, secret).await?;
    }
    tx.commit_with(who.line()).await?;
    tracing::info!(caller = who.name(), webhook = id, "a webhook was changed");
    app.hooks_wake.notify_one();
    Ok(Json(WebhookSaved { webhook: one(&app, id).await?, secret }))
}

pub(crate) async fn delete(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<StatusCode, Problem> {
    let id = number(&id)?;
    let mut tx = app.store.tx().await?;
    if !tx.webhook_delete(id).await? {
        return Err(missing(id));
    }
    tx.commit_with(who.line()).await?;
    tracing::info!(caller = who.name(), webhook = id, "a webhook was deleted");
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn test(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<TestView>, Problem> {
    let id = number(&id)?;
    let data = serde_json::json!({"caller": who.name()}).to_string();
    let mut tx = app.store.tx().await?;
    let delivery = tx.delivery_test(id, &data, app.clock.now()).await?.ok_or_else(|| missing(id))?;
    tx.commit_with(who.line()).await?;
    app.hooks_wake.notify_one();
    Ok(Json(TestView { delivery }))
}

pub(crate) async fn deliveries(
    State(app): State<App>,
    _: Who,
    Path(id): Path<String>,
    Params(params): Params<DeliveryParams>,
) -> Result<Json<DeliveryPage>, Problem> {
    let limit = page(params.limit, 100, 1_000)?;
    let id = one(&app, number(&id)?).await?.id;
    let state = params.state.map(|state| match state {
        DeliveryWord::Waiting => "waiting",
        DeliveryWord::Delivered => "delivered",
        DeliveryWord::GivenUp => "given_up",
    });
    let rows = app.store.delivery_list(id, state, params.before, limit as i64).await?;
    let next = rows.last().filter(|_| rows.len() == limit).map(|row| row.id);
    Ok(Json(DeliveryPage { deliveries: rows.into_iter().map(DeliveryView::from).collect(), next }))
}

pub(crate) async fn replay(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Body(order): Body<AgainOrder>,
) -> Result<Json<AgainView>, Problem> {
    let id = one(&app, number(&id)?).await?.id;
    let which = match order.ids {
        Some(ids) if ids.len() > 1_000 => {
            return Err(Problem::bad_request(format!("body: ids has {} items; expected at most 1000", ids.len())));
        }
        Some(ids) => Again::These(ids),
        None => Again::GivenUp,
    };
    let mut tx = app.store.tx().await?;
    let deliveries = tx.delivery_again(id, &which, app.clock.now()).await?;
    tx.commit_with(who.line_with("deliveries", deliveries)).await?;
    tracing::info!(caller = who.name(), webhook = id, deliveries, "deliveries are tried again");
    app.hooks_wake.notify_one();
    Ok(Json(AgainView { deliveries }))
}
