//! Entities as JSON: the properties that the data model lists, the addresses of what is near.

use axum::http::HeaderMap;
use axum::http::header::HOST;
use chengshu_core::model::Timestamp;
use chengshu_sta::{ID, Options, Property, Select, Val};
use serde_json::{Map, Value, json};

use super::entity::{Entity, Key};

/// Where this service stands, as its caller calls it: links lead back the way that the caller came.
pub(super) struct Links {
    root: String,
}

impl Links {
    pub(super) fn new(headers: &HeaderMap, authority: Option<&str>) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let fits = |host: &&str| {
            !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte))
        };
        let host = text("x-forwarded-host").or(text(HOST.as_str())).or(authority).filter(fits);
        let scheme = text("x-forwarded-proto").filter(|scheme| *scheme == "https").unwrap_or("http");
        Self { root: host.map_or_else(|| "/sta/v1.1".to_owned(), |host| format!("{scheme}://{host}/sta/v1.1")) }
    }

    pub(super) fn of(&self, address: &str) -> String {
        format!("{}/{address}", self.root)
    }

    /// Ids hold nothing that an address could misunderstand.
    pub(super) fn entity(&self, key: &Key) -> String {
        match key {
            Key::Datastream(..) => format!("{}/Datastreams({})", self.root, key.id()),
            _ => format!("{}/{}('{}')", self.root, key.set().name(), key.id()),
        }
    }

    /// The same question about what comes next: the options as they were, but for where to begin.
    pub(super) fn next(base: &str, options: &Options, begin: &[(&str, String)]) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, text) in options.given.iter().filter(|(name, _)| !["$skip", "$skiptoken"].contains(name)) {
            query.append_pair(name, text);
        }
        for (name, text) in begin {
            query.append_pair(name, text);
        }
        format!("{base}?{}", query.finish())
    }
}

/// A value as JSON.
pub(super) fn json_of(val: &Val<'_>) -> Value {
    match val {
        Val::Null => Value::Null,
        Val::Bool(bool) => json!(bool),
        Val::Number(number) => json!(number),
        Val::Text(text) => json!(text),
        Val::Time(at) => json!(at.to_rfc3339()),
        Val::Span(ms) => json!(ms),
        Val::Words(words) => json!(words),
        Val::Place(lng, lat) => json!({ "type": "Point", "coordinates": [lng, lat] }),
    }
}

/// The identity as JSON: that of a Datastream is a whole number.
pub(super) fn id_of(key: &Key) -> Value {
    match key {
        Key::Datastream(_, series) => json!(series),
        _ => json!(key.id()),
    }
}

/// A property as JSON; of an object all parts. What is not known of an entity is left out of its `properties`.
pub(super) fn property(entity: Entity<'_>, property: &Property, now: Timestamp) -> Value {
    if property.parts.is_empty() {
        return json_of(&entity.leaf(property.name, None, now));
    }
    let parts = property.parts.iter().map(|(part, _)| (*part, entity.leaf(property.name, Some(part), now)));
    let known = parts.filter(|(_, val)| property.name != "properties" || *val != Val::Null);
    Value::Object(known.map(|(part, val)| (part.to_owned(), json_of(&val))).collect())
}

/// An entity as it was asked for, without what is expanded.
pub(super) fn entity(
    entity: Entity<'_>,
    key: &Key,
    options: &Options,
    links: &Links,
    now: Timestamp,
) -> Map<String, Value> {
    let mut map = Map::new();
    let set = key.set();
    let wanted = |select: Select| options.select.as_ref().is_none_or(|list| list.contains(&select));
    if wanted(Select::Id) {
        map.insert(ID.to_owned(), id_of(key));
    }
    if options.select.is_none() {
        map.insert("@iot.selfLink".to_owned(), json!(links.entity(key)));
    }
    for known in set.properties() {
        if wanted(Select::Property(known.name, None)) {
            map.insert(known.name.to_owned(), property(entity, known, now));
            continue;
        }
        let parts = known.parts.iter().filter(|(part, _)| wanted(Select::Property(known.name, Some(*part))));
        let parts: Map<String, Value> =
            parts.map(|(part, _)| ((*part).to_owned(), json_of(&entity.leaf(known.name, Some(part), now)))).collect();
        if !parts.is_empty() {
            map.insert(known.name.to_owned(), Value::Object(parts));
        }
    }
    for nav in set.navs() {
        let expanded = options.expand.iter().any(|expand| expand.nav == nav);
        if wanted(Select::Nav(nav.name)) && (!expanded || options.select.is_some()) {
            let link = format!("{}/{}", links.entity(key), nav.name);
            map.insert(format!("{}@iot.navigationLink", nav.name), json!(link));
        }
    }
    map
}

/// Observations as arrays, those of each Datastream together.
pub(super) fn data_array(
    entities: &[(Key, Entity<'_>)],
    options: &Options,
    links: &Links,
    now: Timestamp,
) -> Vec<Value> {
    let names = ["phenomenonTime", "resultTime", "result", "resultQuality"];
    let wanted = |select: Select| options.select.as_ref().is_none_or(|list| list.contains(&select));
    let with_id = wanted(Select::Id);
    let names: Vec<&str> = names.into_iter().filter(|name| wanted(Select::Property(name, None))).collect();
    let components: Vec<&str> = with_id.then_some("id").into_iter().chain(names.iter().copied()).collect();
    let mut groups: Vec<(i32, String, Vec<Value>)> = Vec::new();
    for (key, entity) in entities {
        let Key::Observation(device, row) = key else { continue };
        let id = with_id.then(|| id_of(key));
        let values = names.iter().map(|name| json_of(&entity.leaf(name, None, now)));
        let values = Value::Array(id.into_iter().chain(values).collect());
        match groups.iter_mut().find(|(series, ..)| *series == row.series) {
            Some((_, _, rows)) => rows.push(values),
            None => {
                let link = links.entity(&Key::Datastream(device.clone(), row.series));
                groups.push((row.series, link, vec![values]));
            }
        }
    }
    let group = |(_, link, rows): (i32, String, Vec<Value>)| {
        json!({
            "Datastream@iot.navigationLink": link, "components": components,
            "dataArray@iot.count": rows.len(), "dataArray": rows,
        })
    };
    groups.into_iter().map(group).collect()
}
