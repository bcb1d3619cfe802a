//! The three formats of an export. CSV and NDJSON go out as they are made; a workbook can only be read when it is whole,
//! so it grows in a nameless file first.

use std::fs::File;
use std::io::{Seek as _, SeekFrom};
use std::path::Path;

use axum::body::Bytes;
use chengshu_sheet::{Cell, XlsxFile, csv_head, csv_lines};
use chengshu_store::ReadingRow;
use serde_json::{Map, Value, json};
use tokio::io::AsyncReadExt as _;
use tokio::sync::mpsc;

use super::produce::send;
use super::{FileWord, Piece, Series};
use crate::readings::Span;

/// The columns, in order. A bucket has neither `received` nor `quality`.
const COLUMNS: [&str; 12] =
    ["device", "name", "theme", "kind", "department", "area", "metric", "unit", "at", "received", "value", "quality"];
/// Bytes of a piece, about.
const PIECE: usize = 64 * 1024;

/// A line of the file.
pub(super) type Line = Vec<Cell>;

/// A reading as a line, in the order of the columns.
pub(super) fn row(series: &Series, reading: &ReadingRow, span: &Span) -> Line {
    let about = &series.about;
    let text = |text: &Option<String>| Cell::of(text.as_deref());
    let received = span.bucket_ms().is_none().then(|| reading.received.to_rfc3339_local());
    let words: Vec<&str> = reading.quality.words().collect();
    vec![
        Cell::of(Some(&about.device)),
        text(&about.name),
        Cell::of(Some(&about.theme)),
        text(&about.kind),
        text(&about.department),
        text(&about.area),
        Cell::of(Some(&series.metric)),
        Cell::of(Some(&series.unit)),
        Cell::of(Some(&reading.at.to_rfc3339_local())),
        text(&received),
        Cell::Number(reading.value),
        Cell::of(Some(&words.join(";"))),
    ]
}

/// Where lines go.
pub(super) enum Sink {
    Csv(Vec<u8>),
    Ndjson(Vec<u8>),
    /// The workbook is only away while rows are being written into it.
    Xlsx(Option<Box<XlsxFile>>, File),
}

impl Sink {
    /// An empty file with its headings.
    pub(super) fn open(format: FileWord, folder: &Path) -> Result<Self, String> {
        Ok(match format {
            FileWord::Csv => Self::Csv(csv_head(&COLUMNS).map_err(|error| error.to_string())?),
            FileWord::Ndjson => Self::Ndjson(Vec::new()),
            FileWord::Xlsx => {
                let book = XlsxFile::begin(folder, &COLUMNS).map_err(|error| error.to_string())?;
                let file = tempfile::tempfile_in(folder).map_err(|error| error.to_string())?;
                Self::Xlsx(Some(Box::new(book)), file)
            }
        })
    }

    /// Takes lines; answers with what can go out.
    pub(super) async fn push(&mut self, lines: Vec<Line>) -> Result<Option<Bytes>, String> {
        if lines.is_empty() {
            return Ok(None);
        }
        match self {
            Self::Csv(bytes) => bytes.extend(csv_lines(&lines).map_err(|error| error.to_string())?),
            Self::Ndjson(bytes) => lines.iter().for_each(|line| object(line, bytes)),
            Self::Xlsx(place, _) => {
                let mut book = place.take().ok_or("the workbook is gone")?;
                let written = tokio::task::spawn_blocking(move || book.push(&lines).map(|()| book)).await;
                *place = Some(written.map_err(|_| "writing a row panicked")?.map_err(|error| error.to_string())?);
            }
        }
        Ok(match self {
            Self::Csv(bytes) | Self::Ndjson(bytes) if bytes.len() >= PIECE => Some(std::mem::take(bytes).into()),
            _ => None,
        })
    }

    /// Sends the rest.
    pub(super) async fn finish(self, out: &mpsc::Sender<Piece>) -> Result<(), String> {
        let (book, mut file) = match self {
            Self::Csv(bytes) | Self::Ndjson(bytes) => return send(out, bytes.into()).await,
            Self::Xlsx(book, file) => (book.ok_or("the workbook is gone")?, file),
        };
        let written = tokio::task::spawn_blocking(move || {
            book.finish(&mut file).map_err(|error| error.to_string())?;
            file.seek(SeekFrom::Start(0)).map_err(|error| error.to_string())?;
            Ok::<_, String>(file)
        });
        let file = written.await.map_err(|_| "writing the workbook panicked".to_owned())??;
        let mut file = tokio::fs::File::from_std(file);
        loop {
            let mut bytes = vec![0; PIECE];
            let read = file.read(&mut bytes).await.map_err(|error| error.to_string())?;
            if read == 0 {
                return Ok(());
            }
            bytes.truncate(read);
            send(out, bytes.into()).await?;
        }
    }
}

/// A line as a JSON object; what is empty is left out, and the words of quality are a list.
fn object(line: &Line, into: &mut Vec<u8>) {
    let mut object = Map::new();
    for (name, cell) in COLUMNS.iter().zip(line) {
        let value = match cell {
            Cell::Empty if *name == "quality" => json!([]),
            Cell::Empty => continue,
            Cell::Text(text) if *name == "quality" => text.split(';').collect(),
            Cell::Text(text) => json!(text),
            Cell::Number(number) => json!(number),
        };
        object.insert((*name).to_owned(), value);
    }
    into.extend(Value::Object(object).to_string().into_bytes());
    into.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_becomes_an_object() {
        let line: Line = COLUMNS
            .iter()
            .map(|name| match *name {
                "value" => Cell::Number(-0.5),
                "quality" => Cell::Text("late;corrected".to_owned()),
                "device" => Cell::Text("=1\n".to_owned()),
                _ => Cell::Empty,
            })
            .collect();
        let mut bytes = Vec::new();
        object(&line, &mut bytes);
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.ends_with("}\n") && text.matches('\n').count() == 1, "{text}");
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read, json!({"device": "=1\n", "value": -0.5, "quality": ["late", "corrected"]}));
    }
}
