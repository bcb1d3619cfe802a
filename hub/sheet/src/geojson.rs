//! GeoJSON (RFC 7946): a FeatureCollection whose properties are the columns, and whose points become `lng` and `lat`.

use serde_json::{Map, Value, json};

use crate::{Cell, Row, Sheet, SheetError, wrong};

const COLLECTION: &str = "a GeoJSON FeatureCollection of points";

pub(crate) fn read(bytes: &[u8]) -> Result<Sheet, SheetError> {
    let bad = |error: serde_json::Error| wrong(error.line() as u64, error, COLLECTION);
    let document: Value = serde_json::from_slice(bytes).map_err(bad)?;
    if document["type"] != "FeatureCollection" {
        return Err(wrong(1, format!("type {}", document["type"]), COLLECTION));
    }
    let none = Vec::new();
    let features = document["features"].as_array().unwrap_or(&none);
    let mut sheet = Sheet { columns: vec!["lng".to_owned(), "lat".to_owned()], rows: Vec::new() };
    for (n, feature) in features.iter().enumerate() {
        let line = n as u64 + 1;
        let mut cells = vec![String::new(), String::new()];
        match &feature["geometry"] {
            Value::Null => {}
            geometry if geometry["type"] == "Point" => {
                cells = (0..2).map(|axis| text(&geometry["coordinates"][axis])).collect();
            }
            geometry => return Err(wrong(line, format!("geometry {}", geometry["type"]), "Point or null")),
        }
        for (name, value) in feature["properties"].as_object().into_iter().flatten() {
            let column = sheet.columns.iter().position(|known| known == name).unwrap_or_else(|| {
                sheet.columns.push(name.clone());
                sheet.columns.len() - 1
            });
            cells.resize(cells.len().max(column + 1), String::new());
            cells[column] = text(value);
        }
        sheet.rows.push(Row { line, cells });
    }
    Ok(sheet)
}

pub(crate) fn write(columns: &[&str], rows: &[Vec<Cell>]) -> Result<Vec<u8>, SheetError> {
    let feature = |row: &Vec<Cell>| {
        let of = |wanted: &str| {
            let place = columns.iter().position(|column| *column == wanted)?;
            if let Some(Cell::Number(number)) = row.get(place) { Some(*number) } else { None }
        };
        let point = of("lng").zip(of("lat")).map(|(lng, lat)| json!({"type": "Point", "coordinates": [lng, lat]}));
        let others = columns.iter().zip(row).filter(|(column, _)| !["lng", "lat"].contains(*column));
        let properties: Map<String, Value> = others.map(|(column, cell)| ((*column).to_owned(), value(cell))).collect();
        json!({"type": "Feature", "geometry": point, "properties": properties})
    };
    let features: Vec<Value> = rows.iter().map(feature).collect();
    let document = json!({"type": "FeatureCollection", "features": features});
    serde_json::to_vec(&document).map_err(|error| wrong(0, error, "numbers that are finite"))
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.trim().to_owned(),
        Value::Array(list) => list.iter().map(text).collect::<Vec<_>>().join(";"),
        other => other.to_string(),
    }
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Empty => Value::Null,
        Cell::Number(number) => json!(number),
        Cell::Text(text) => json!(text),
    }
}
