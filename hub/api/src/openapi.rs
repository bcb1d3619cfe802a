//! The OpenAPI 3.1 document, made from the table of routes and the types that the handlers read and write.

use axum::Json;
use chengshu_access::{Access, Right};
use chengshu_sheet::Format;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::export::NDJSON;
use crate::problem::{Problem, rights_in_words};
use crate::route::{Media, Object, Route, Sent};
use crate::routes::routes;

pub(crate) async fn get() -> Json<Value> {
    Json(document())
}

/// The document.
#[must_use]
pub fn document() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let problem = generator.subschema_for::<Problem>();
    let mut paths = Map::new();
    let mut tags: Vec<Value> = Vec::new();
    for route in routes() {
        let (name, words) = tag(route.info.object);
        let entry = json!({ "name": name, "description": words });
        if !tags.contains(&entry) {
            tags.push(entry);
        }
        let operation = operation(&route, &mut generator, &problem);
        // a parameter that takes the whole rest of an address is an ordinary one here
        let path = paths.entry(route.info.path.replace("{*", "{")).or_insert_with(|| json!({}));
        path[route.info.method.to_ascii_lowercase()] = operation;
    }
    let schemas = generator.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "城枢 Chengshu",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
            "description": "Times are integers: milliseconds since 1970, UTC. Errors are RFC 9457 problem details."
        },
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "key": { "type": "http", "scheme": "bearer" } }
        }
    })
}

fn operation(route: &Route, generator: &mut SchemaGenerator, problem: &schemars::Schema) -> Value {
    let id = route.info.path.trim_start_matches("/api/v1").replace(['{', '}', '*'], "").replace(['/', '.'], "_");
    let schema = route.answer.map_or_else(|| json!({}), |schema| schema(generator).to_value());
    let mut responses = json!({ "200": { "description": "ok", "content": content(route.media, &schema) } });
    if route.media == Media::Nothing {
        responses = json!({ "204": { "description": "done" } });
    }
    if route.media == Media::Redirect {
        responses =
            json!({ "303": { "description": "somewhere else; what went wrong stands in the fragment of a page" } });
    }
    for (status, words) in faults(route) {
        let mut content = json!({ "application/problem+json": { "schema": problem } });
        if status == "403" && route.refuses {
            content["application/json"] = json!({ "schema": schema });
        }
        responses[status] = json!({ "description": words, "content": content });
    }
    for (status, words) in route.also.iter().filter(|(status, _)| status.starts_with('2')) {
        responses[*status] = json!({ "description": words, "content": content(route.media, &schema) });
    }
    if route.info.path == "/readyz" {
        let content = content(route.media, &schema);
        responses["503"] = json!({ "description": "not of use; the reasons say why", "content": content });
    }
    if route.tagged {
        let etag =
            json!({ "ETag": { "description": "send it back in If-None-Match", "schema": { "type": "string" } } });
        responses["200"]["headers"] = etag;
        responses["304"] = json!({ "description": "still what If-None-Match names" });
    }
    let mut parameters = parameters(route, generator);
    if matches!(route.body, Some(Sent::Messages(_))) {
        parameters.extend([
            json!({
                "name": "Idempotency-Key", "in": "header", "required": false,
                "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
                "description": "a retry under the same key gets the same answer, for 24 hours, over restarts; values without ts keep their first time of arrival"
            }),
            json!({
                "name": "Content-Encoding", "in": "header", "required": false,
                "schema": { "type": "string", "enum": ["gzip"] }, "description": "how the body is packed"
            }),
        ]);
    }
    let mut operation = json!({
        "operationId": format!("{}{id}", route.info.method.to_ascii_lowercase()),
        "summary": route.info.summary,
        "tags": [tag(route.info.object).0],
        "parameters": parameters,
        "responses": responses
    });
    let body = route.body.map(|sent| match sent {
        Sent::Json(schema) => json!({ "application/json": { "schema": schema(generator).to_value() } }),
        Sent::Messages(schema) => json!({
            "application/json": { "schema": schema(generator).to_value() },
            "application/x-ndjson": { "schema": { "type": "string", "description": "one of them on each line" } }
        }),
        Sent::Picture => pictures(&json!({ "schema": { "type": "string", "format": "binary" } })),
        // any JSON is looked at: what is no table of devices is told in the report, as every mistake is
        Sent::Table => tables(&json!({ "schema": { "type": "string", "format": "binary" } }), &json!({})),
    });
    if let Some(content) = body {
        operation["requestBody"] = json!({ "required": true, "content": content });
    }
    if route.info.access != Access::Open {
        let rights: Vec<&str> = route.info.access.rights().iter().map(|right| right.id()).collect();
        operation["security"] = if route.info.near { json!([{ "key": [] }, {}]) } else { json!([{ "key": [] }]) };
        operation["x-right"] = json!(rights.join(" or "));
        operation["description"] = json!(needs(route));
    }
    operation
}

/// What a route asks of its caller, for people.
fn needs(route: &Route) -> String {
    let rights = rights_in_words(route.info.access);
    let also = if route.info.near { " Open to the hub's own machine." } else { "" };
    format!("Needs {rights}. Reach: {}.{also}", how_far(route.info.object))
}

/// What a scope does to a route about such objects.
pub(crate) fn how_far(object: Object) -> &'static str {
    match object {
        Object::Receiver => "everything; a scope with limits is refused",
        Object::Theme => "themes of which some part is in scope; key figures of whole ones",
        Object::Hub | Object::Link | Object::Frame => "the hub as a whole",
        Object::Own => "the caller's own account",
        Object::Account | Object::Audit | Object::Broker => "everything; a scope with limits is refused",
        Object::Ingest => "the devices that are named",
        Object::Device
        | Object::Reading
        | Object::Alarm
        | Object::Event
        | Object::Correction
        | Object::Command
        | Object::Credential => "devices in scope",
        Object::Rejected => "devices in scope; what belongs to none, without limits only",
        Object::Ledger => "links as a whole; devices in scope",
    }
}

/// What an answer comes as.
fn content(media: Media, schema: &Value) -> Value {
    let file = json!({ "schema": { "type": "string", "format": "binary" } });
    let word = match media {
        Media::Json => "application/json",
        Media::Text => "text/plain",
        Media::Stream => "text/event-stream",
        Media::Table => return tables(&file, &json!({ "schema": { "type": "object" } })),
        Media::Readings => return json!({ (Format::Csv.media()): file, (NDJSON): file, (Format::Xlsx.media()): file }),
        Media::Picture => return pictures(&file),
        Media::Nothing | Media::Redirect => return json!({}),
    };
    json!({ word: { "schema": schema } })
}

/// The kinds of picture.
fn pictures(file: &Value) -> Value {
    json!({ "image/jpeg": file, "image/png": file, "image/webp": file })
}

/// The problems that a route may answer with.
fn faults(route: &Route) -> Vec<(&'static str, &'static str)> {
    let mut faults = vec![
        ("405", "this address has no such method"),
        ("503", "overloaded, too slow, or the database is away; try again"),
    ];
    if route.info.is_limited() {
        faults.extend([
            ("400", "something that was sent is wrong; `detail` says what would be right"),
            ("429", "too many requests; `Retry-After` says how long to wait"),
        ]);
    }
    if route.info.access != Access::Open {
        faults.extend([
            ("401", "no valid key"),
            ("403", "the right that this needs is not held, or does not reach so far"),
        ]);
        faults.push(("404", "no such object"));
    }
    if route.media == Media::Redirect {
        faults.push(("404", "no such provider"));
    }
    if route.info.access == Access::Needs(Right::Own) {
        faults.push((
            "409",
            "it cannot be done as things stand, or who asks is no person and has no account of their own",
        ));
    } else if route.info.method != "GET" {
        faults.push((
            "409",
            "somebody else has changed it meanwhile, it cannot be done as things stand, or there is no room",
        ));
    }
    if route.info.method != "GET" {
        faults.push(("413", "too many bytes"));
    }
    match route.body {
        Some(Sent::Table) => faults.extend([
            ("415", "Content-Type is another table than `format` names"),
            ("422", "the table has mistakes, and nothing of it was taken"),
        ]),
        Some(Sent::Json(_)) => faults.push(("415", "the body is not application/json")),
        Some(Sent::Picture) => faults.push(("415", "the body is no picture")),
        Some(Sent::Messages(_)) => faults
            .extend([("415", "packed otherwise than with gzip"), ("422", "something else was sent under this key")]),
        None => {}
    }
    if route.matched {
        faults.push(("412", "If-Match names another version than the newest"));
    }
    faults.extend(route.also.iter().filter(|(status, _)| !status.starts_with('2')));
    faults
}

/// The word and the meaning of a group of routes.
fn tag(object: Object) -> (&'static str, &'static str) {
    match object {
        Object::Hub => ("hub", "The hub itself · 系统"),
        Object::Theme => ("themes", "Themes and key figures · 专题与体征"),
        Object::Device => ("devices", "The register and latest values · 设备"),
        Object::Reading => ("readings", "Readings · 监测数据"),
        Object::Alarm => ("alarms", "Alarms · 告警"),
        Object::Event => ("events", "Events · 事件"),
        Object::Link => ("links", "Links · 接入链路"),
        Object::Rejected => ("rejected", "What was set aside · 被拒收"),
        Object::Ledger => ("ledger", "The ledger · 账本"),
        Object::Correction => ("corrections", "Corrections · 数据订正"),
        Object::Ingest => ("ingest", "What is sent by HTTP · 数据上报"),
        Object::Receiver => ("receivers", "Receivers · 消息推送"),
        Object::Command => ("commands", "Commands to devices · 下行指令"),
        Object::Frame => ("frames", "Frames of field protocols · 报文解析"),
        Object::Own => ("own", "The way in, and one's own account · 登录与本人账号"),
        Object::Account => ("accounts", "Accounts, keys, screens, rights · 账号与授权"),
        Object::Audit => ("audit", "The audit · 审计"),
        Object::Credential => ("credentials", "Credentials of devices · 设备凭据"),
        Object::Broker => ("brokers", "What external brokers ask about devices · 外部代理鉴权"),
    }
}

/// The formats of tables.
fn tables(file: &Value, geojson: &Value) -> Value {
    json!({ (Format::Csv.media()): file, (Format::Geojson.media()): geojson, (Format::Xlsx.media()): file })
}

/// Path parameters from the path, query parameters from the type that reads them.
fn parameters(route: &Route, generator: &mut SchemaGenerator) -> Vec<Value> {
    let names = route.info.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let names = names.map(|name| name.trim_start_matches('*'));
    let mut list: Vec<Value> = names
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    if route.matched {
        let words =
            "the version that was read (of a device: its ETag): refused with 412 when somebody has changed it since";
        list.push(json!({
            "name": "If-Match", "in": "header", "required": false, "description": words,
            "schema": { "type": "string", "pattern": "^(\\*|\"v[0-9]{1,9}\")$" }
        }));
    }
    let Some(schema) = route.params else { return list };
    let schema = schema(generator).to_value();
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let mut property = property.clone();
        let description = property.as_object_mut().and_then(|property| property.remove("description"));
        list.push(json!({
            "name": name, "in": "query", "required": required.contains(&name.as_str()),
            "description": description, "schema": property
        }));
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `UPDATE=1 cargo test -p chengshu-api` writes the file anew.
    #[test]
    fn the_committed_document_is_up_to_date() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
        let text = format!("{}\n", serde_json::to_string_pretty(&document()).unwrap());
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == text,
            "hub/api/openapi.json is old; write it anew with: UPDATE=1 cargo test -p chengshu-api"
        );
    }

    #[test]
    fn every_reference_resolves() {
        let document = document();
        let text = document.to_string();
        for reference in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(document.pointer(reference).is_some(), "{reference}");
        }
    }
}
