//! CSV: RFC 4180, in the encodings that office software writes. A text that a spreadsheet would take for a formula is
//! written with an apostrophe before it, which is taken off again when it is read.

use crate::{Cell, Row, Sheet, SheetError, wrong};

/// What makes a spreadsheet calculate; the wide forms too, since an input method or a spreadsheet may narrow them.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// True when a spreadsheet may take the text for a formula. Blanks, quotes, control characters and those of no width
/// are looked through: some program on the way may take them off.
fn calculates(text: &str) -> bool {
    let looked_through = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\'' | '"' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
    };
    text.starts_with(['\t', '\r', '\n']) || text.trim_start_matches(looked_through).starts_with(FORMULA)
}

pub(crate) fn read(bytes: &[u8]) -> Result<Sheet, SheetError> {
    let text = decode(bytes)?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let bad = |error: csv::Error| {
        let line = error.position().map_or(0, csv::Position::line);
        wrong(line, error, "comma-separated values with a line of headings")
    };
    let columns: Vec<String> = reader.headers().map_err(bad)?.iter().map(str::to_owned).collect();
    if columns.iter().all(String::is_empty) {
        return Err(wrong(1, "no headings", "a first line with the names of the columns"));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(bad)?;
        if record.iter().all(str::is_empty) {
            continue;
        }
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() > columns.len() {
            let read = format!("{} cells", record.len());
            return Err(wrong(
                line,
                read,
                &format!("{} as in the headings; quote a cell that holds a comma", columns.len()),
            ));
        }
        rows.push(Row { line, cells: record.iter().map(unarmed).collect() });
    }
    Ok(Sheet { columns, rows })
}

pub(crate) fn write(columns: &[&str], rows: &[Vec<Cell>]) -> Result<Vec<u8>, SheetError> {
    let mut bytes = head(columns)?;
    bytes.extend(lines(rows)?);
    Ok(bytes)
}

/// The mark and the line of headings.
pub(crate) fn head(columns: &[&str]) -> Result<Vec<u8>, SheetError> {
    let mut bytes = "\u{feff}".as_bytes().to_vec(); // without the mark Excel reads UTF-8 as something else
    let names: Vec<Cell> = columns.iter().map(|name| Cell::Text((*name).to_owned())).collect();
    bytes.extend(lines(&[names])?);
    Ok(bytes)
}

/// Rows without headings: a table may come in portions.
pub(crate) fn lines(rows: &[Vec<Cell>]) -> Result<Vec<u8>, SheetError> {
    let mut bytes = Vec::with_capacity(rows.len() * 64);
    let mut writer = csv::Writer::from_writer(&mut bytes);
    let bad = |error: csv::Error| wrong(0, error, "rows of equal length");
    for row in rows {
        writer.write_record(row.iter().map(armed)).map_err(bad)?;
    }
    writer.flush().map_err(|error| wrong(0, error, "room for the file"))?;
    drop(writer);
    Ok(bytes)
}

fn decode(bytes: &[u8]) -> Result<String, SheetError> {
    let plain = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(plain) {
        return Ok(text.to_owned());
    }
    let (text, _, bad) = encoding_rs::GB18030.decode(plain);
    if bad { Err(wrong(0, "bytes that are no text", "UTF-8 or GB18030")) } else { Ok(text.into_owned()) }
}

/// A number stays bare, also a negative one.
fn armed(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) if calculates(text) || text.starts_with('\'') => format!("'{text}"),
        other => other.text(),
    }
}

fn unarmed(text: &str) -> String {
    let rest = text.strip_prefix('\'').filter(|rest| calculates(rest) || rest.starts_with('\''));
    rest.unwrap_or(text).to_owned()
}
