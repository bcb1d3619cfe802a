//! Receivers: whom to tell of what, on which channel, and how the telling stands. The hub sends (crate `hooks`); here it is
//! only said where, looked at, and asked for again. The secret of a webhook is shown once, the key of a robot never.

mod check;
mod routes;
mod words;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chengshu_core::model::{Channel, RobotSecret};
use chengshu_store::{Again, ReceiverEntry, SealedAt, Tx};
use rand::RngExt as _;

use crate::app::App;
use crate::caller::Who;
use crate::latest::NoParams;
use crate::params::{Body, Params, page};
use crate::problem::Problem;
use check::{Checked, check, no_key};
use words::{
    AgainOrder, AgainView, ChannelWord, DeliveryPage, DeliveryParams, DeliveryView, OutletsView, ReceiverBody,
    ReceiverList, ReceiverSaved, ReceiverView, TestView, WebhookList,
};

pub(crate) use routes::routes;

/// Receivers at most.
const RECEIVERS_MAX: i64 = 100;

fn number(id: &str) -> Result<i64, Problem> {
    id.parse().map_err(|_| missing(id))
}

fn missing(id: impl std::fmt::Display) -> Problem {
    Problem::not_found(format!("there is no receiver {id}"))
}

async fn one(app: &App, id: i64) -> Result<ReceiverView, Problem> {
    let found = app.store.receiver_list(Some(id)).await?.pop();
    found.map(ReceiverView::from).ok_or_else(|| missing(id))
}

async fn all(app: &App) -> Result<Vec<ReceiverView>, Problem> {
    Ok(app.store.receiver_list(None).await?.into_iter().map(ReceiverView::from).collect())
}

fn new_secret() -> String {
    let bytes: [u8; 32] = rand::rng().random();
    bytes.iter().fold("whsec_".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

async fn keep_secret(app: &App, tx: &mut Tx, id: i64, secret: &str) -> Result<(), Problem> {
    let kept = app.identities.seal().close(&SealedAt::Receiver(id).place(), secret.as_bytes());
    tx.receiver_secret(id, &kept.map_err(|error| Problem::no_random(&error))?).await?;
    Ok(())
}

/// What a robot keeps secret, if it can be read.
async fn robot_before(app: &App, tx: &mut Tx, id: i64) -> Result<Option<RobotSecret>, Problem> {
    let kept = tx.receiver_secret_of(id).await?.unwrap_or_default();
    let opened = app.identities.seal().open(&SealedAt::Receiver(id).place(), &kept);
    Ok(opened.and_then(|text| String::from_utf8(text).ok()).map(|text| RobotSecret::of_text(&text)))
}

/// Keeps what was sent of a secret; answers what may be shown once.
async fn keep(app: &App, tx: &mut Tx, id: i64, checked: &Checked, fresh: bool) -> Result<Option<String>, Problem> {
    let channel = checked.entry.channel;
    match channel {
        Channel::Webhook if fresh => {
            let secret = new_secret();
            keep_secret(app, tx, id, &secret).await?;
            Ok(Some(secret))
        }
        Channel::WeCom | Channel::DingTalk => {
            let before = robot_before(app, tx, id).await?;
            let secret = checked.robot(before).ok_or_else(|| no_key(channel))?;
            keep_secret(app, tx, id, &secret.to_text()).await?;
            Ok(None)
        }
        _ => Ok(None),
    }
}

pub(crate) async fn list(
    State(app): State<App>,
    _: Who,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<ReceiverList>, Problem> {
    let outlets = OutletsView {
        email: app.outlets.email,
        brokers: app.outlets.brokers.clone(),
        messages_per_minute: app.outlets.messages_per_minute,
    };
    Ok(Json(ReceiverList { receivers: all(&app).await?, outlets }))
}

pub(crate) async fn webhooks(
    State(app): State<App>,
    _: Who,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<WebhookList>, Problem> {
    let mut webhooks = all(&app).await?;
    webhooks.retain(|receiver| receiver.channel == ChannelWord::Webhook);
    Ok(Json(WebhookList { webhooks }))
}

pub(crate) async fn get(
    State(app): State<App>,
    _: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<ReceiverView>, Problem> {
    Ok(Json(one(&app, number(&id)?).await?))
}

pub(crate) async fn create(
    State(app): State<App>,
    who: Who,
    Body(body): Body<ReceiverBody>,
) -> Result<Json<ReceiverSaved>, Problem> {
    let checked = check(&app, &who, body, None)?;
    let mut tx = app.store.tx().await?;
    let made = tx.receiver_add(&checked.entry, &who.name(), app.clock.now(), RECEIVERS_MAX).await?;
    let id =
        made.ok_or_else(|| Problem::full(format!("there are {RECEIVERS_MAX} receivers already; delete one first")))?;
    let secret = keep(&app, &mut tx, id, &checked, true).await?;
    tx.commit_with(who.line_with("id", id)).await?;
    told(&who, id, &checked.entry, "a receiver was made");
    Ok(Json(ReceiverSaved { receiver: one(&app, id).await?, secret }))
}

pub(crate) async fn change(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Body(body): Body<ReceiverBody>,
) -> Result<Json<ReceiverSaved>, Problem> {
    let id = number(&id)?;
    let is = one(&app, id).await?.channel.into();
    let fresh = body.new_secret;
    let checked = check(&app, &who, body, Some(is))?;
    let mut tx = app.store.tx().await?;
    if !tx.receiver_put(id, &checked.entry).await? {
        return Err(missing(id));
    }
    let secret = keep(&app, &mut tx, id, &checked, fresh).await?;
    tx.commit_with(who.line()).await?;
    told(&who, id, &checked.entry, "a receiver was changed");
    app.hooks_wake.notify_one();
    Ok(Json(ReceiverSaved { receiver: one(&app, id).await?, secret }))
}

fn told(who: &Who, id: i64, entry: &ReceiverEntry, words: &'static str) {
    tracing::info!(caller = who.name(), receiver = id, channel = entry.channel.word(), "{words}");
}

pub(crate) async fn delete(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<StatusCode, Problem> {
    let id = number(&id)?;
    let mut tx = app.store.tx().await?;
    if !tx.receiver_delete(id).await? {
        return Err(missing(id));
    }
    tx.commit_with(who.line()).await?;
    tracing::info!(caller = who.name(), receiver = id, "a receiver was deleted");
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
    let id = number(&id)?;
    one(&app, id).await?;
    let state = params.state.map(words::DeliveryWord::word);
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
    let id = number(&id)?;
    one(&app, id).await?;
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
    tracing::info!(caller = who.name(), receiver = id, deliveries, "deliveries are tried again");
    app.hooks_wake.notify_one();
    Ok(Json(AgainView { deliveries }))
}
