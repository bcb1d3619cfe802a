//! Tables as people exchange them (台账导入导出): CSV, GeoJSON and XLSX in, the same out. Bytes in, cells out; what the
//! cells mean is decided elsewhere. Nothing in a file is ever executed, and nothing written here ever will be. A table
//! that may be too large for memory is written in portions: CSV line by line, a workbook into a nameless file.

mod csv;
mod geojson;
mod xlsx;

pub use xlsx::XlsxFile;

/// The forms that are read and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values, UTF-8 (with or without a mark) or GB18030.
    Csv,
    /// A FeatureCollection of points; properties are the columns.
    Geojson,
    /// An Excel workbook; its first sheet.
    Xlsx,
}

impl Format {
    /// The format of that word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "csv" => Some(Self::Csv),
            "geojson" => Some(Self::Geojson),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }

    /// Its media type.
    #[must_use]
    pub const fn media(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Geojson => "application/geo+json",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing in it.
    Empty,
    /// A number, which stays one.
    Number(f64),
    /// A text.
    Text(String),
}

impl Cell {
    /// A text, or nothing.
    #[must_use]
    pub fn of(text: Option<&str>) -> Self {
        text.filter(|text| !text.is_empty()).map_or(Self::Empty, |text| Self::Text(text.to_owned()))
    }

    /// As a person would read it.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

/// A row and the line of the file that it stands on, for messages.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// From 1; in a GeoJSON file the number of the feature.
    pub line: u64,
    /// As many as there are columns, or fewer.
    pub cells: Vec<String>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    /// The headings as they stand in the file.
    pub columns: Vec<String>,
    /// The rows that hold anything.
    pub rows: Vec<Row>,
}

/// A file that is no table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {read}; expected {expected}")]
pub struct SheetError {
    /// Where, from 1; 0 when it is about the whole file.
    pub line: u64,
    /// What was found.
    pub read: String,
    /// What would be right.
    pub expected: String,
}

/// Reads a table.
///
/// # Errors
/// [`SheetError`] when the bytes are no file of that format.
pub fn read(format: Format, bytes: &[u8]) -> Result<Sheet, SheetError> {
    match format {
        Format::Csv => csv::read(bytes),
        Format::Geojson => geojson::read(bytes),
        Format::Xlsx => xlsx::read(bytes),
    }
}

/// Writes a table. In GeoJSON the columns `lng` and `lat` become the point.
///
/// # Errors
/// [`SheetError`] when the table does not fit the format (XLSX: 1,048,576 rows).
pub fn write(format: Format, columns: &[&str], rows: &[Vec<Cell>]) -> Result<Vec<u8>, SheetError> {
    match format {
        Format::Csv => csv::write(columns, rows),
        Format::Geojson => geojson::write(columns, rows),
        Format::Xlsx => xlsx::write(columns, rows),
    }
}

/// The beginning of a CSV file: the mark that Excel wants, and the headings.
///
/// # Errors
/// [`SheetError`]; never for names.
pub fn csv_head(columns: &[&str]) -> Result<Vec<u8>, SheetError> {
    csv::head(columns)
}

/// Further rows of a CSV file.
///
/// # Errors
/// [`SheetError`] when rows differ in length.
pub fn csv_lines(rows: &[Vec<Cell>]) -> Result<Vec<u8>, SheetError> {
    csv::lines(rows)
}

fn wrong(line: u64, read: impl std::fmt::Display, expected: &str) -> SheetError {
    SheetError { line, read: read.to_string(), expected: expected.to_owned() }
}

#[cfg(test)]
mod tests;
