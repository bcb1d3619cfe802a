//! Credentials for a whole batch of devices, before they are mounted: one answer with all passwords, as a table or line by
//! line. What cannot be equipped is told in its own row, and the others are.

use std::collections::{HashMap, HashSet};

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use chengshu_access::Act;
use chengshu_broker::{PasswordHash, Secret, User};
use chengshu_core::model::{DeviceId, Registration};
use chengshu_sheet::{Cell, Format};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::credential::{find, make};
use crate::app::App;
use crate::caller::Who;
use crate::params::{Body, Params};
use crate::problem::Problem;

/// Devices in one request at most.
const MOST: usize = 10_000;
const COLUMNS: [&str; 4] = ["device", "user", "password", "error"];

/// Which devices.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EquipBody {
    /// Their ids, at most 10,000.
    #[schemars(length(min = 1, max = 10_000))]
    devices: Vec<String>,
    /// Also give those a new one that have one; without it they keep theirs and are told as `has_one`.
    #[serde(default)]
    replace: bool,
}

/// As what.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EquipParams {
    /// ndjson (default) or csv.
    format: Option<EquipWord>,
}

/// What the answer comes as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum EquipWord {
    Ndjson,
    Csv,
}

/// One device: its credential, or why it has got none.
#[derive(Serialize)]
struct Row {
    device: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    /// unknown, retired, reserved (the id is one of the broker's own users), has_one or twice.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

impl Row {
    fn wrong(device: String, error: &'static str) -> Self {
        Self { device, user: None, password: None, error: Some(error) }
    }
}

pub(crate) async fn equip(
    State(app): State<App>,
    who: Who,
    Params(params): Params<EquipParams>,
    Body(body): Body<EquipBody>,
) -> Result<Response, Problem> {
    if !(1..=MOST).contains(&body.devices.len()) {
        let detail = format!("body: devices has {} of them; expected 1 to {MOST}", body.devices.len());
        return Err(Problem::bad_request(detail));
    }
    let mut seen = HashSet::new();
    let asked = body.devices.into_iter().map(|id| match find(&app, &who, &id) {
        _ if !seen.insert(id.clone()) => Err(Row::wrong(id, "twice")),
        None => Err(Row::wrong(id, "unknown")),
        Some((_, Registration::Retired)) => Err(Row::wrong(id, "retired")),
        Some((device, _)) => User::of(&device).map(|user| (device, user)).map_err(|_| Row::wrong(id, "reserved")),
    });
    let asked: Vec<Result<(DeviceId, User), Row>> = asked.collect();
    let devices: Vec<DeviceId> = asked.iter().flatten().map(|(device, _)| device.clone()).collect();
    let made = tokio::task::spawn_blocking(move || made(devices)).await.map_err(|_| Problem::internal())?;
    let (keys, mut secrets) = made.map_err(|error| Problem::no_random(&error))?;
    let stamp = who.stamp();
    let mut tx = app.store.tx().await?;
    let given = tx.device_key_put(&keys, !body.replace, &who.name(), stamp.now).await?;
    let line = |device: &String| {
        let mut line = stamp.done(Act::DeviceCredential, format!("device:{device}"));
        line.detail.insert("what".to_owned(), if body.replace { "issued or renewed" } else { "issued" }.to_owned());
        line
    };
    let lines: Vec<_> = given.iter().map(line).collect();
    if !lines.is_empty() {
        tx.audit_write(&lines).await?;
    }
    tx.commit().await?;
    app.identities.devices().wake();
    let given: HashSet<String> = given.into_iter().collect();
    let rows = asked.into_iter().map(|asked| match asked {
        Err(row) => row,
        Ok((device, _)) if !given.contains(device.as_str()) => Row::wrong(device.to_string(), "has_one"),
        Ok((device, user)) => {
            let password = secrets.remove(&device).map(|secret| secret.expose().to_owned());
            Row { device: device.to_string(), user: Some(user.to_string()), password, error: None }
        }
    });
    answer(params.format.unwrap_or(EquipWord::Ndjson), rows.collect())
}

type Made = (Vec<(DeviceId, String)>, HashMap<DeviceId, Secret>);

fn made(devices: Vec<DeviceId>) -> Result<Made, std::io::Error> {
    let (mut keys, mut secrets) = (Vec::with_capacity(devices.len()), HashMap::new());
    for device in devices {
        let (secret, hash): (Secret, PasswordHash) = make()?;
        keys.push((device.clone(), hash.to_string()));
        secrets.insert(device, secret);
    }
    Ok((keys, secrets))
}

fn answer(format: EquipWord, rows: Vec<Row>) -> Result<Response, Problem> {
    let (media, word, bytes) = match format {
        EquipWord::Ndjson => {
            let mut bytes = Vec::new();
            for row in &rows {
                serde_json::to_writer(&mut bytes, row)?;
                bytes.push(b'\n');
            }
            ("application/x-ndjson", "ndjson", bytes)
        }
        EquipWord::Csv => {
            let cell = |text: Option<String>| text.map_or(Cell::Empty, Cell::Text);
            let cells = |row: Row| {
                vec![Cell::Text(row.device), cell(row.user), cell(row.password), cell(row.error.map(str::to_owned))]
            };
            let cells: Vec<Vec<Cell>> = rows.into_iter().map(cells).collect();
            let bytes = chengshu_sheet::write(Format::Csv, &COLUMNS, &cells).map_err(|error| {
                tracing::error!(%error, "a table of credentials could not be written");
                Problem::internal()
            })?;
            (Format::Csv.media(), "csv", bytes)
        }
    };
    let name = format!("attachment; filename=\"device-credentials.{word}\"");
    Ok(([(CONTENT_TYPE, media.to_owned()), (CONTENT_DISPOSITION, name)], bytes).into_response())
}
