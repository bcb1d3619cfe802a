//! Commands to devices (下行指令): what a device can be asked, asking, agreeing, calling off, and how it went. Here a
//! command becomes a row; crate `orders` sends it. A dangerous one waits for a second person.

use axum::Json;
use axum::extract::{Path, State};
use chengshu_core::model::{CommandKind, Param, ParamForm, Timestamp};
use chengshu_store::{CommandChange, CommandStep, NewCommand, StoredCommand};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::app::App;
use crate::caller::Who;
use crate::latest::NoParams;
use crate::params::{Body, Params, page};
use crate::problem::Problem;
use crate::register::device::{missing, visible};
use chengshu_identity::Found;

/// Open commands of one device at most.
const OPEN_MAX: i64 = 20;
/// Bytes of parameters at most.
const PARAMS_MAX: usize = 4_096;
/// A command that is not done by then is worthless, unless it says otherwise, s.
const EXPIRES_S: u32 = 600;
const EXPIRES_MOST_S: u32 = 7 * 86_400;

/// What the devices of a link can be asked.
#[derive(Debug, Clone, Copy)]
pub struct CommandSet {
    /// These.
    pub kinds: &'static [CommandKind],
    /// Anything else too, in words that only the device knows.
    pub free: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ParamView {
    name: &'static str,
    name_zh: &'static str,
    name_en: &'static str,
    /// text, whole or time (RFC 3339).
    form: &'static str,
    /// Of a whole number: the smallest and the largest.
    range: Option<[i64; 2]>,
    required: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CommandKindView {
    name: &'static str,
    name_zh: &'static str,
    name_en: &'static str,
    /// Standard and clause.
    source: &'static str,
    /// Waits for a second person.
    dangerous: bool,
    params: Vec<ParamView>,
}

/// What a device can be asked.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CommandKinds {
    /// The link that would carry it; null: the device has not been heard yet.
    link: Option<String>,
    kinds: Vec<CommandKindView>,
    /// Any other name is taken too, with any parameters: only the device knows what it means.
    free: bool,
}

/// A command to be given.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommandBody {
    /// What, e.g. `read_now`.
    #[schemars(length(min = 1, max = 64), regex(pattern = "^[a-z0-9_]{1,64}$"))]
    name: String,
    /// With what.
    #[serde(default)]
    #[schemars(with = "std::collections::BTreeMap<String, Value>")]
    params: Map<String, Value>,
    /// Who wants it, 1 to 100 characters; default: the caller. A dangerous command needs it.
    #[schemars(length(min = 1, max = 100))]
    person: Option<String>,
    /// Worthless after so many seconds, 10 to 604800; default 600.
    #[schemars(range(min = 10, max = 604_800))]
    expires_s: Option<u32>,
}

/// Who agrees, or calls off.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonBody {
    /// Their name, 1 to 100 characters; of a person who has signed in it is known, and what is said here does not count.
    #[schemars(length(min = 1, max = 100))]
    person: Option<String>,
}

/// A command.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CommandView {
    id: i64,
    device: String,
    name: String,
    #[schemars(with = "std::collections::BTreeMap<String, Value>")]
    params: Option<Box<RawValue>>,
    dangerous: bool,
    /// queued (a second person must agree), approved (on its way), sent (the device has it), confirmed, failed, expired or
    /// cancelled.
    state: String,
    /// When it was asked for, ms since 1970.
    asked: i64,
    /// By whom.
    person: String,
    /// The second person who agreed.
    agreed: Option<String>,
    /// Worthless after this, ms since 1970.
    expires: i64,
    /// How often the device had it and did not answer.
    tries: i32,
    /// When its state changed last, ms since 1970.
    changed: i64,
    /// What the device answered.
    #[schemars(with = "Option<Value>")]
    result: Option<Box<RawValue>>,
    /// Why it is not done (yet): a stable code, e.g. not_connected, timeout, refused.
    code: Option<String>,
    /// The same in words.
    words: Option<String>,
}

/// Commands, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CommandPage {
    commands: Vec<CommandView>,
    /// Ask again with `before` set to this; none when this was the last page.
    next: Option<i64>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct StepView {
    /// When, ms since 1970.
    at: i64,
    state: String,
    person: Option<String>,
    code: Option<String>,
    words: Option<String>,
}

/// A command with its journal.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CommandDetail {
    #[serde(flatten)]
    command: CommandView,
    journal: Vec<StepView>,
}

/// Where a command stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CommandState {
    Queued,
    Approved,
    Sent,
    Confirmed,
    Failed,
    Expired,
    Cancelled,
}

impl CommandState {
    const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Approved => "approved",
            Self::Sent => "sent",
            Self::Confirmed => "confirmed",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Which commands.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommandParams {
    /// Only to this device.
    device: Option<String>,
    /// Only those that stand so.
    state: Option<CommandState>,
    /// Only those with a smaller number: the `next` of the page before.
    before: Option<i64>,
    /// At most this many, 1 to 1000; default 100.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<u32>,
}

impl From<StoredCommand> for CommandView {
    fn from(stored: StoredCommand) -> Self {
        let StoredCommand { id, wanted, state, asked, agreed, tries, changed, result, code, words } = stored;
        let NewCommand { device, name, params, danger, person, expires } = wanted;
        Self {
            id,
            device,
            name,
            params: RawValue::from_string(params).ok(),
            dangerous: danger,
            state,
            asked: asked.ms(),
            person,
            agreed,
            expires: expires.ms(),
            tries,
            changed: changed.ms(),
            result: result.and_then(|result| RawValue::from_string(result).ok()),
            code,
            words,
        }
    }
}

impl From<CommandStep> for StepView {
    fn from(step: CommandStep) -> Self {
        let CommandStep { at, state, person, code, words } = step;
        Self { at: at.ms(), state, person, code, words }
    }
}

impl From<&'static CommandKind> for CommandKindView {
    fn from(kind: &'static CommandKind) -> Self {
        let params = kind.params.iter().map(|param| ParamView {
            name: param.name,
            name_zh: param.zh,
            name_en: param.en,
            form: match param.form {
                ParamForm::Text => "text",
                ParamForm::Whole(..) => "whole",
                ParamForm::Time => "time",
            },
            range: if let ParamForm::Whole(low, high) = param.form { Some([low, high]) } else { None },
            required: param.required,
        });
        Self {
            name: kind.name,
            name_zh: kind.zh,
            name_en: kind.en,
            source: kind.source,
            dangerous: kind.dangerous,
            params: params.collect(),
        }
    }
}

/// What a device can be asked, and by which link; a problem when the caller does not see the device.
fn set(app: &App, who: &Who, device: &str) -> Result<(String, CommandSet), Problem> {
    let link = app.board.read(|board| {
        let slot = board.device(device).filter(|slot| visible(slot, who));
        slot.map(|slot| slot.device.link.to_string())
    });
    let link = link.ok_or_else(|| missing(device))?;
    let set = app.command_sets.get(&link).copied();
    Ok((link, set.unwrap_or(CommandSet { kinds: &[], free: false })))
}

/// Who does it: whoever has signed in, else the name that is said.
fn by(who: &Who, said: Option<&str>) -> Result<Option<String>, Problem> {
    match who.found() {
        Found::Person(person) => Ok(Some(format!("{} ({})", person.name, person.login))),
        _ => said.map(person).transpose(),
    }
}

fn nameless() -> Problem {
    Problem::bad_request("body: person is missing; expected the name of the second person")
}

fn person(text: &str) -> Result<String, Problem> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(Problem::bad_request(
            "body: person is not a name; expected 1 to 100 characters, none of them control",
        ));
    }
    Ok(name.to_owned())
}

/// What is wrong with a parameter, if anything.
fn check_param(param: &Param, value: Option<&Value>) -> Option<String> {
    let name = param.name;
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return param.required.then(|| format!("params.{name} is missing; expected {}", wanted(param.form)));
    };
    let fits = match param.form {
        ParamForm::Text => value.as_str().is_some_and(|text| text.len() <= 1_000),
        ParamForm::Whole(low, high) => value.as_i64().is_some_and(|number| (low..=high).contains(&number)),
        ParamForm::Time => value.as_str().is_some_and(|text| Timestamp::parse(text).is_ok()),
    };
    let read: String = value.to_string().chars().take(80).collect();
    (!fits).then(|| format!("params.{name} is {read}; expected {}", wanted(param.form)))
}

fn wanted(form: ParamForm) -> String {
    match form {
        ParamForm::Text => "a text".to_owned(),
        ParamForm::Whole(low, high) => format!("a whole number from {low} to {high}"),
        ParamForm::Time => "a time such as 2026-11-22T16:42:00+08:00".to_owned(),
    }
}

/// The kind that a body names, if its parameters are right; none of a free command.
fn check(set: CommandSet, body: &CommandBody) -> Result<Option<&'static CommandKind>, Problem> {
    let Some(kind) = set.kinds.iter().find(|kind| kind.name == body.name) else {
        let known: Vec<&str> = set.kinds.iter().map(|kind| kind.name).collect();
        let word = (1..=64).contains(&body.name.len())
            && body.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        return match (set.free, word) {
            (true, true) => Ok(None),
            (true, false) => Err(Problem::bad_request("body: name is no command; expected 1 to 64 of a-z 0-9 _")),
            (false, _) if known.is_empty() => {
                Err(Problem::bad_request("body: the device was last heard by a link that carries no commands"))
            }
            (false, _) => Err(Problem::bad_request(format!(
                "body: name is {:?}; expected one of {}",
                body.name.chars().take(80).collect::<String>(),
                known.join(", ")
            ))),
        };
    };
    let names: Vec<&str> = kind.params.iter().map(|param| param.name).collect();
    let unknown = body.params.keys().find(|name| !names.contains(&name.as_str())).map(|name| {
        let right = if names.is_empty() { "no parameters".to_owned() } else { format!("only {}", names.join(", ")) };
        format!("params.{} is not known; expected {right}", name.chars().take(80).collect::<String>())
    });
    let wrong = unknown.or_else(|| kind.params.iter().find_map(|p| check_param(p, body.params.get(p.name))));
    wrong.map_or(Ok(Some(kind)), |wrong| Err(Problem::bad_request(format!("body: {wrong}"))))
}

pub(crate) async fn kinds(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<CommandKinds>, Problem> {
    let (link, set) = set(&app, &who, &id)?;
    let kinds = set.kinds.iter().map(CommandKindView::from).collect();
    Ok(Json(CommandKinds { link: (link != "register").then_some(link), kinds, free: set.free }))
}

pub(crate) async fn ask(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Body(body): Body<CommandBody>,
) -> Result<Json<CommandDetail>, Problem> {
    let (_, set) = set(&app, &who, &id)?;
    let kind = check(set, &body)?;
    let danger = kind.is_some_and(|kind| kind.dangerous);
    let asker = by(&who, body.person.as_deref())?;
    if danger && asker.is_none() {
        let words = "body: person is missing; a dangerous command needs the name of who wants it, and a second person";
        return Err(Problem::bad_request(words));
    }
    let expires_s = body.expires_s.unwrap_or(EXPIRES_S);
    if !(10..=EXPIRES_MOST_S).contains(&expires_s) {
        return Err(Problem::bad_request(format!("body: expires_s is {expires_s}; expected 10 to {EXPIRES_MOST_S}")));
    }
    let params = serde_json::to_string(&body.params)?;
    if params.len() > PARAMS_MAX {
        let words = format!("body: params has {} bytes; expected at most {PARAMS_MAX}", params.len());
        return Err(Problem::bad_request(words));
    }
    let now = app.clock.now();
    let expires = now.after(std::time::Duration::from_secs(expires_s.into()));
    let person = asker.unwrap_or_else(|| who.name());
    let new = NewCommand { device: id, name: body.name, params, danger, person, expires };
    let mut tx = app.store.tx().await?;
    let made = tx.command_add(&new, now, OPEN_MAX).await?;
    let number = made.ok_or_else(|| {
        Problem::full(format!("the device has {OPEN_MAX} open commands already; wait, or call some off"))
    })?;
    who.line_with("command", &new.name);
    tx.commit_with(who.line_with("id", number)).await?;
    tracing::info!(caller = who.name(), device = new.device, command = new.name, number, "a command was asked for");
    app.orders_wake.notify_one();
    detail(&app, &who, number).await
}

pub(crate) async fn list(
    State(app): State<App>,
    who: Who,
    Params(params): Params<CommandParams>,
) -> Result<Json<CommandPage>, Problem> {
    let limit = page(params.limit, 100, 1_000)?;
    let state = params.state.map(CommandState::word);
    let device = params.device.as_deref();
    let rows = app.store.command_list(&who.scope, device, state, params.before, limit as i64).await?;
    let next = rows.last().filter(|_| rows.len() == limit).map(|row| row.id);
    Ok(Json(CommandPage { commands: rows.into_iter().map(CommandView::from).collect(), next }))
}

pub(crate) async fn get(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<CommandDetail>, Problem> {
    detail(&app, &who, number(&id)?).await
}

pub(crate) async fn approve(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Body(body): Body<PersonBody>,
) -> Result<Json<CommandDetail>, Problem> {
    let number = number(&id)?;
    let second = by(&who, body.person.as_deref())?.ok_or_else(nameless)?;
    let (command, _) = app.store.command_within(&who.scope, number).await?.ok_or_else(|| none(&id))?;
    if same(&command.wanted.person, &second) {
        let words = format!("body: person is {second:?}, who asked for it; expected a second person");
        return Err(Problem::bad_request(words));
    }
    let now = app.clock.now();
    let change = CommandChange {
        state: "approved",
        from: &["queued"],
        person: Some(&second),
        due: Some(now),
        ..CommandChange::default()
    };
    let mut tx = app.store.tx().await?;
    if !tx.command_change(number, &change, now).await? {
        return Err(Problem::conflict(format!("the command is {}; only a queued one can be agreed to", command.state)));
    }
    tx.commit_with(who.line_with("device", &command.wanted.device)).await?;
    tracing::info!(caller = who.name(), number, "a command was agreed to");
    app.orders_wake.notify_one();
    detail(&app, &who, number).await
}

pub(crate) async fn cancel(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Body(body): Body<PersonBody>,
) -> Result<Json<CommandDetail>, Problem> {
    let number = number(&id)?;
    let by = by(&who, body.person.as_deref())?.unwrap_or_else(|| who.name());
    let (command, _) = app.store.command_within(&who.scope, number).await?.ok_or_else(|| none(&id))?;
    let change = CommandChange {
        state: "cancelled",
        from: &["queued", "approved"],
        person: Some(&by),
        ..CommandChange::default()
    };
    let mut tx = app.store.tx().await?;
    if !tx.command_change(number, &change, app.clock.now()).await? {
        let words = format!("the command is {}; only one that is not sent yet can be called off", command.state);
        return Err(Problem::conflict(words));
    }
    tx.commit_with(who.line_with("device", &command.wanted.device)).await?;
    detail(&app, &who, number).await
}

/// The same name, however it is spaced and cased.
fn same(one: &str, other: &str) -> bool {
    let plain =
        |text: &str| text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect::<String>();
    plain(one) == plain(other)
}

fn number(id: &str) -> Result<i64, Problem> {
    id.parse().map_err(|_| none(id))
}

fn none(id: impl std::fmt::Display) -> Problem {
    Problem::not_found(format!("there is no command {id}"))
}

async fn detail(app: &App, who: &Who, id: i64) -> Result<Json<CommandDetail>, Problem> {
    let (command, steps) = app.store.command_within(&who.scope, id).await?.ok_or_else(|| none(id))?;
    Ok(Json(CommandDetail { command: command.into(), journal: steps.into_iter().map(StepView::from).collect() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: &[CommandKind] = &[CommandKind {
        name: "read_now",
        zh: "查询实时数据",
        en: "Read now",
        source: "SL 651-2014, function 37",
        dangerous: false,
        params: &[
            Param { name: "minutes", zh: "分钟", en: "Minutes", form: ParamForm::Whole(1, 9), required: true },
            Param { name: "from", zh: "起", en: "From", form: ParamForm::Time, required: false },
        ],
    }];

    fn told(free: bool, name: &str, params: Value) -> String {
        let Value::Object(params) = params else { panic!("an object") };
        let body = CommandBody { name: name.to_owned(), params, person: None, expires_s: None };
        match check(CommandSet { kinds: KINDS, free }, &body) {
            Ok(kind) => kind.map_or("free", |kind| kind.name).to_owned(),
            Err(problem) => problem.detail().to_owned(),
        }
    }

    #[test]
    fn a_command_is_checked_before_it_is_taken_down() {
        use serde_json::json;
        assert_eq!(told(false, "read_now", json!({"minutes": 3, "from": "2026-11-22T16:42:00"})), "read_now");
        assert_eq!(
            told(false, "read_now", json!({})),
            "body: params.minutes is missing; expected a whole number from 1 to 9"
        );
        let wrong = told(false, "read_now", json!({"minutes": 3, "from": "noon"}));
        assert!(wrong.starts_with("body: params.from is \"noon\"; expected a time such as"), "{wrong}");
        let wrong = told(false, "read_now", json!({"minutes": 10}));
        assert!(wrong.contains("minutes is 10; expected a whole number from 1 to 9"), "{wrong}");
        let wrong = told(false, "read_now", json!({"minutes": 3, "to": 1}));
        assert!(wrong.contains("params.to is not known; expected only minutes, from"), "{wrong}");
        assert!(told(false, "explode", json!({})).contains("expected one of read_now"));
        assert_eq!(told(true, "explode", json!({"x": [1]})), "free");
        assert!(told(true, "Ex plode", json!({})).contains("1 to 64 of a-z 0-9 _"));
        assert!(same("Li Si", "lisi") && !same("李四", "王五"));
    }
}
