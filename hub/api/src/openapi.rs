//! The OpenAPI 3.1 document, made from the table of routes and the types that the handlers read and write.

use axum::Json;
use chengshu_access::Access;
use chengshu_sheet::Format;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::problem::Problem;
use crate::routes::{Media, Route, Sent, routes};

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
    for route in routes() {
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
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "key": { "type": "http", "scheme": "bearer" } }
        }
    })
}

fn operation(route: &Route, generator: &mut SchemaGenerator, problem: &schemars::Schema) -> Value {
    let id = route.info.path.trim_start_matches("/api/v1").replace(['{', '}', '*'], "").replace(['/', '.'], "_");
    let media = match route.media {
        Media::Json => "application/json",
        Media::Text => "text/plain",
        Media::Stream => "text/event-stream",
        Media::Table => "text/csv",
        Media::Nothing => "",
    };
    let schema = route.answer.map_or_else(|| json!({}), |schema| schema(generator).to_value());
    let fault = |description: &str| json!({ "description": description, "content": { "application/problem+json": { "schema": problem } } });
    let mut responses = json!({ "200": { "description": "ok", "content": { media: { "schema": schema } } } });
    if route.media == Media::Nothing {
        responses = json!({ "204": { "description": "done" } });
    }
    if route.media == Media::Table {
        let file = json!({ "schema": { "type": "string", "format": "binary" } });
        responses["200"]["content"] = tables(&file);
    }
    if route.info.path == "/readyz" {
        responses["503"] =
            json!({ "description": "not of use; the reasons say why", "content": { media: { "schema": schema } } });
    } else {
        responses["503"] = fault("overloaded, too slow, or the database is away");
    }
    let mut parameters = parameters(route, generator);
    let sends = matches!(route.body, Some(Sent::Messages(_)));
    if sends {
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
    let body = route.body.map(|sent| match sent {
        Sent::Json(schema) => json!({ "application/json": { "schema": schema(generator).to_value() } }),
        Sent::Messages(schema) => json!({
            "application/json": { "schema": schema(generator).to_value() },
            "application/x-ndjson": { "schema": { "type": "string", "description": "one of them on each line" } }
        }),
        Sent::Table => tables(&json!({ "schema": { "type": "string", "format": "binary" } })),
    });
    if route.info.access == Access::Known {
        responses["400"] = fault("a parameter is wrong");
        responses["401"] = fault("no valid key");
        responses["404"] = fault("no such object");
    }
    let mut operation = json!({
        "operationId": format!("{}{id}", route.info.method.to_ascii_lowercase()),
        "summary": route.info.summary,
        "parameters": parameters,
        "responses": responses
    });
    if let Some(content) = body {
        operation["requestBody"] = json!({ "required": true, "content": content });
        operation["responses"]["413"] = fault("too many bytes");
    }
    if sends {
        operation["responses"]["409"] = fault("a request with the same key is under way");
        operation["responses"]["415"] = fault("packed otherwise than with gzip");
        operation["responses"]["422"] = fault("something else was sent under this key");
    }
    if ["PUT", "DELETE"].contains(&route.info.method) {
        operation["responses"]["409"] = fault("somebody else has changed it meanwhile");
    }
    if matches!(route.body, Some(Sent::Table)) {
        operation["responses"]["422"] = fault("the table has mistakes, and nothing of it was taken");
    }
    if route.info.access == Access::Known {
        operation["security"] = json!([{ "key": [] }]);
    }
    operation
}

/// The formats of tables, each with the same description.
fn tables(file: &Value) -> Value {
    let formats = [Format::Csv, Format::Geojson, Format::Xlsx];
    Value::Object(formats.into_iter().map(|format| (format.media().to_owned(), file.clone())).collect())
}

/// Path parameters from the path, query parameters from the type that reads them.
fn parameters(route: &Route, generator: &mut SchemaGenerator) -> Vec<Value> {
    let names = route.info.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let names = names.map(|name| name.trim_start_matches('*'));
    let mut list: Vec<Value> = names
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
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
