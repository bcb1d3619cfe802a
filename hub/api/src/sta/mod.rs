//! OGC SensorThings API 1.1 (18-088) at `/sta/v1.1`, for reading: devices are Things, their metrics Datastreams, readings
//! Observations, over the same board and the same store as the rest of the API. Nothing can be written here; Locations
//! have no history, since only the present place is known with certainty.

mod answer;
mod entity;
mod find;
mod observations;
mod pick;
mod render;

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use chengshu_sta::{Address, Mistake, Options, SETS, Set, Tail};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::answer::{Ask, Page};
use self::entity::Key;
use self::find::Found;
use self::render::Links;
use crate::app::App;
use crate::caller::Who;
use crate::problem::Problem;
use crate::view::Written;

/// What is done of the standard, by its own names.
const CONFORMANCE: [&str; 15] = [
    "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/resource-path/resource-path-to-entities",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/order",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/expand",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/select",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/status-code",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/query-status-code",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/orderby",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/top",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/skip",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/count",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/filter",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/built-in-filter-operations",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/pagination",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/data-array/data-array",
];

/// The options of a question; they are read by the query language of SensorThings.
#[derive(Debug, Deserialize, JsonSchema)]
#[expect(dead_code, reason = "for the document; chengshu-sta reads them")]
pub(crate) struct StaParams {
    /// A condition, e.g. `properties/theme eq 'water' and Datastreams/properties/metric eq 'level'`.
    #[serde(rename = "$filter")]
    filter: Option<String>,
    /// An order, e.g. `phenomenonTime desc`. Without it: Observations the newest first, others as they were registered.
    #[serde(rename = "$orderby")]
    orderby: Option<String>,
    /// At most this many; default 100 (20 within `$expand`), never more than 1000.
    #[serde(rename = "$top")]
    top: Option<u32>,
    /// Leave out this many, up to 1000000.
    #[serde(rename = "$skip")]
    skip: Option<u32>,
    /// Tell how many there are in all: true or false.
    #[serde(rename = "$count")]
    count: Option<bool>,
    /// What to show, e.g. `@iot.id,name,properties/state`.
    #[serde(rename = "$select")]
    select: Option<String>,
    /// What to show with it, e.g. `Datastreams($expand=Observations($top=1))`.
    #[serde(rename = "$expand")]
    expand: Option<String>,
    /// `dataArray`, for a list of Observations.
    #[serde(rename = "$resultFormat")]
    result_format: Option<String>,
    /// Where a next link goes on.
    #[serde(rename = "$skiptoken")]
    skiptoken: Option<String>,
}

/// The way in.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct StaRoot {
    /// The sets: name and url of each.
    value: Vec<Value>,
    /// What is done of the standard.
    #[serde(rename = "serverSettings")]
    settings: Value,
}

/// A page of entities; one entity is an object as it stands in `value`, a property an object with its name.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct StaPage {
    /// How many there are in all, when `$count=true` asked.
    #[serde(rename = "@iot.count", skip_serializing_if = "Option::is_none")]
    #[schemars(default)]
    count: Option<i64>,
    /// The address of the next page; none when this was the last one.
    #[serde(rename = "@iot.nextLink", skip_serializing_if = "Option::is_none")]
    #[schemars(default)]
    next: Option<String>,
    /// The entities.
    value: Vec<Value>,
}

impl From<Mistake> for Problem {
    fn from(mistake: Mistake) -> Self {
        Self::bad_request(mistake.to_string())
    }
}

pub(crate) async fn root(headers: HeaderMap, uri: Uri, _: Who) -> Json<StaRoot> {
    let links = Links::new(&headers, uri.authority().map(axum::http::uri::Authority::as_str));
    let value = SETS.map(|set| json!({ "name": set.name(), "url": links.of(set.name()) })).to_vec();
    Json(StaRoot { value, settings: json!({ "conformance": CONFORMANCE }) })
}

pub(crate) async fn get(
    State(app): State<App>,
    who: Who,
    path: Result<Path<String>, PathRejection>,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let Path(path) = path.map_err(|rejection| Problem::bad_request(format!("path: {}", rejection.body_text())))?;
    let Query(pairs) = query.map_err(|rejection| Problem::bad_request(format!("query: {}", rejection.body_text())))?;
    let links = Links::new(&headers, uri.authority().map(axum::http::uri::Authority::as_str));
    let ask = Ask::new(&app, &who.scope, links);
    // an address that nothing can stand at is one where nothing is
    let address = Address::parse(&path).map_err(|mistake| Problem::not_found(mistake.to_string()))?;
    let set = address.target().map_or(Set::Things, |hop| hop.to);
    let pairs = pairs.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let options = Options::parse(set, pairs, ask.now)?;
    match (ask.find(&address).await?, address.tail) {
        (Found::Many(source), tail) => {
            let base = ask.links.of(path.trim_end_matches('/'));
            let page = ask.page(&source, &options, &base).await?;
            list(&ask, page, &options, tail).await
        }
        (Found::One(key), Tail::Property(property, part, raw)) => leaf(&ask, &key, (property, part, raw), &options),
        (Found::One(key), _) => {
            let wrong = options.given.iter().find(|(name, _)| !["$select", "$expand"].contains(name));
            if let Some((name, text)) = wrong {
                let mistake = Mistake::new(*name, text, "only $select and $expand, since the address names one entity");
                return Err(mistake.into());
            }
            let item = ask.items(vec![key], &options).await?.pop();
            let item = item.ok_or_else(|| Problem::not_found(format!("{path}: no such entity")))?;
            Ok(Written::json(&item.map)?.into_response())
        }
    }
}

async fn list(ask: &Ask<'_>, page: Page, options: &Options, tail: Tail) -> Result<Response, Problem> {
    let Page { keys, count, next } = page;
    let value = if tail == Tail::Refs {
        keys.iter().map(|key| json!({ "@iot.selfLink": ask.links.entity(key) })).collect()
    } else if options.data_array {
        ask.app.board.read(|board| {
            let entities: Vec<_> = keys.iter().filter_map(|key| Some((key.clone(), key.find(board)?))).collect();
            render::data_array(&entities, options, &ask.links, ask.now)
        })
    } else {
        ask.items(keys, options).await?.into_iter().map(|item| Value::Object(item.map)).collect()
    };
    Ok(Written::json(&StaPage { count, next, value })?.into_response())
}

type Leaf = (&'static str, Option<&'static str>, bool);

fn leaf(ask: &Ask<'_>, key: &Key, (name, part, raw): Leaf, options: &Options) -> Result<Response, Problem> {
    if let Some((option, text)) = options.given.first() {
        return Err(Mistake::new(*option, text, "no option, since the address names a property").into());
    }
    let value = ask.app.board.read(|board| {
        let entity = key.find(board)?;
        let known = key.set().properties().iter().find(|known| known.name == name);
        Some(match (known, part) {
            (Some(known), None) => render::property(entity, known, ask.now),
            (Some(_), part) => render::json_of(&entity.leaf(name, part, ask.now)),
            (None, _) => render::id_of(key),
        })
    });
    let value = value.ok_or_else(|| Problem::not_found("the entity is gone"))?;
    if value.is_null() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    if raw {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        return Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response());
    }
    Ok(Written::json(&json!({ (part.unwrap_or(name)): value }))?.into_response())
}
