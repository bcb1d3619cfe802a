//! XLSX: the first sheet of a workbook. Formulas are not run: what Excel stored as their last result is read. A small
//! file may unpack into a huge one, so the size is checked before anything is unpacked.

use std::io::{Cursor, Seek, Write};
use std::path::Path;

use calamine::{Data, Reader as _, Xlsx};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use crate::{Cell, Row, Sheet, SheetError, wrong};

/// Cells that are read at most.
const CELLS_MAX: usize = 4_000_000;
/// Bytes that the parts of a workbook may unpack to.
const UNPACKED_MAX: u64 = 200 * 1024 * 1024;

pub(crate) fn read(bytes: &[u8]) -> Result<Sheet, SheetError> {
    let unpacked = declared_size(bytes).ok_or_else(|| wrong(0, "no ZIP archive", "an Excel workbook (.xlsx)"))?;
    if unpacked > UNPACKED_MAX {
        return Err(wrong(0, format!("{unpacked} bytes when unpacked"), "at most 200 MiB"));
    }
    let bad = |error: calamine::XlsxError| wrong(0, error, "an Excel workbook (.xlsx)");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(bad)?;
    let range =
        book.worksheet_range_at(0).ok_or_else(|| wrong(0, "no sheet", "a workbook with a sheet"))?.map_err(bad)?;
    let (height, width) = range.get_size();
    if height.saturating_mul(width) > CELLS_MAX {
        return Err(wrong(0, format!("{height} × {width} cells"), "at most 4,000,000"));
    }
    let start = range.start().map_or(0, |(row, _)| u64::from(row));
    let mut rows = range.rows().enumerate();
    let (_, head) =
        rows.next().ok_or_else(|| wrong(1, "an empty sheet", "a first line with the names of the columns"))?;
    let columns = head.iter().map(text).collect();
    let rows = rows
        .map(|(n, cells)| Row { line: start + n as u64 + 1, cells: cells.iter().map(text).collect() })
        .filter(|row| row.cells.iter().any(|cell| !cell.is_empty()));
    Ok(Sheet { columns, rows: rows.collect() })
}

pub(crate) fn write(columns: &[&str], rows: &[Vec<Cell>]) -> Result<Vec<u8>, SheetError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    headings(sheet, columns).map_err(no_fit)?;
    for (n, row) in rows.iter().enumerate() {
        cells(sheet, n as u32 + 1, row).map_err(no_fit)?;
    }
    book.save_to_buffer().map_err(no_fit)
}

fn no_fit(error: XlsxError) -> SheetError {
    wrong(0, error, "a table that fits a sheet")
}

fn headings(sheet: &mut Worksheet, columns: &[&str]) -> Result<(), XlsxError> {
    let heading = Format::new().set_bold();
    let _ = sheet.set_freeze_panes(1, 0);
    for (column, name) in columns.iter().enumerate() {
        sheet.write_string_with_format(0, column as u16, *name, &heading)?;
    }
    Ok(())
}

fn cells(sheet: &mut Worksheet, line: u32, row: &[Cell]) -> Result<(), XlsxError> {
    for (column, cell) in row.iter().enumerate() {
        let column = column as u16;
        match cell {
            Cell::Empty => {}
            Cell::Number(number) => drop(sheet.write_number(line, column, *number)?),
            // a string cell never calculates, whatever it begins with
            Cell::Text(text) => drop(sheet.write_string(line, column, text)?),
        }
    }
    Ok(())
}

/// A workbook that is written row by row and never held in memory: it grows in a nameless file in a folder.
pub struct XlsxFile {
    book: Workbook,
    line: u32,
}

impl XlsxFile {
    /// Rows below the headings at most.
    pub const ROWS_MAX: u32 = 1_048_575;

    /// Begins one.
    ///
    /// # Errors
    /// [`SheetError`] when nothing can be written in `folder`.
    pub fn begin(folder: &Path, columns: &[&str]) -> Result<Self, SheetError> {
        let mut book = Workbook::new();
        book.set_tempdir(folder).map_err(no_fit)?;
        headings(book.add_worksheet_with_constant_memory().map_err(no_fit)?, columns).map_err(no_fit)?;
        Ok(Self { book, line: 0 })
    }

    /// Adds rows.
    ///
    /// # Errors
    /// [`SheetError`] when the sheet or the disk is full.
    pub fn push(&mut self, rows: &[Vec<Cell>]) -> Result<(), SheetError> {
        let sheet = self.book.worksheet_from_index(0).map_err(no_fit)?;
        for row in rows {
            self.line += 1;
            cells(sheet, self.line, row).map_err(no_fit)?;
        }
        Ok(())
    }

    /// Writes the whole file.
    ///
    /// # Errors
    /// [`SheetError`] when the disk is full.
    pub fn finish(mut self, to: impl Write + Seek + Send) -> Result<(), SheetError> {
        self.book.save_to_writer(to).map_err(no_fit)
    }
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.trim().to_owned(),
        Data::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        other => other.to_string(),
    }
}

/// What the central directory of a ZIP says that its parts unpack to; none when there is no such directory.
fn declared_size(bytes: &[u8]) -> Option<u64> {
    const END: [u8; 4] = *b"PK\x05\x06";
    const ENTRY: [u8; 4] = *b"PK\x01\x02";
    let u32_at = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let u16_at = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let tail = bytes.len().saturating_sub(65_557);
    let end = tail + bytes.get(tail..)?.windows(4).rposition(|window| window == END)?;
    let entries = u16_at(end + 10)?;
    let mut at = u32_at(end + 16)? as usize;
    let mut total = 0;
    for _ in 0..entries {
        if bytes.get(at..at + 4)? != ENTRY {
            return None;
        }
        total += u64::from(u32_at(at + 24)?);
        at += 46 + usize::from(u16_at(at + 28)?) + usize::from(u16_at(at + 30)?) + usize::from(u16_at(at + 32)?);
    }
    Some(total)
}
