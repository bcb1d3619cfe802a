//! Tables out and in again, and what is none.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

fn table() -> (Vec<&'static str>, Vec<Vec<Cell>>) {
    let text = |text: &str| Cell::Text(text.to_owned());
    let rows = vec![
        vec![text("W-1"), text("河道站，一号"), Cell::Number(111.95), Cell::Number(-21.5)],
        vec![text("W-2"), text("=HYPERLINK(\"http://evil\")"), Cell::Empty, Cell::Empty],
        vec![text("W-3"), text("'-5 \"quoted\""), Cell::Number(0.1), Cell::Number(1e-7)],
    ];
    (vec!["device", "name", "lng", "lat"], rows)
}

#[test]
fn what_is_written_is_read_again_in_every_format() {
    let (columns, rows) = table();
    for format in [Format::Csv, Format::Geojson, Format::Xlsx] {
        let bytes = write(format, &columns, &rows).unwrap();
        let sheet = read(format, &bytes).unwrap();
        assert_eq!(sheet.rows.len(), 3, "{format:?}");
        for (n, row) in rows.iter().enumerate() {
            for (column, cell) in columns.iter().zip(row) {
                let place = sheet.columns.iter().position(|known| known == column).unwrap();
                let read = sheet.rows[n].cells.get(place).cloned().unwrap_or_default();
                match cell {
                    Cell::Number(number) => assert_eq!(read.parse::<f64>().unwrap(), *number, "{format:?} {column}"),
                    other => assert_eq!(read, other.text(), "{format:?} {column}"),
                }
            }
        }
    }
}

#[test]
fn no_formula_leaves_the_house_in_csv_and_numbers_stay_numbers() {
    let (columns, rows) = table();
    let text = String::from_utf8(write(Format::Csv, &columns, &rows).unwrap()).unwrap();
    assert!(text.contains("\"'=HYPERLINK(\"\"http://evil\"\")\""), "{text}");
    assert!(text.contains(",-21.5"), "{text}");
    assert!(text.starts_with('\u{feff}'));
}

#[test]
fn files_from_a_chinese_excel_are_read() {
    let (bytes, _, _) = encoding_rs::GB18030.encode("设备编号,名称\nW-1,河道站\n\n,\nW-2,雨量站\n");
    let sheet = read(Format::Csv, &bytes).unwrap();
    assert_eq!(sheet.columns, ["设备编号", "名称"]);
    let lines: Vec<_> = sheet.rows.iter().map(|row| (row.line, row.cells[1].as_str())).collect();
    assert_eq!(lines, [(2, "河道站"), (5, "雨量站")], "empty lines are left out, line numbers stay true");
}

#[test]
fn what_is_no_table_is_told_with_its_line() {
    let error = read(Format::Csv, b"a,b\n1,2\n1,2,3\n").unwrap_err();
    assert_eq!((error.line, error.read.as_str()), (3, "3 cells"));
    assert!(read(Format::Csv, b"").is_err());
    assert!(read(Format::Csv, &[0xff, 0x00, 0x80]).is_err());
    let error = read(Format::Geojson, b"{\"type\":\n\"Feature\"}").unwrap_err();
    assert!(error.to_string().contains("FeatureCollection"), "{error}");
    assert!(read(Format::Geojson, b"{").is_err());
    for bytes in [&b"PK"[..], b"", b"not a workbook", b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"] {
        assert!(read(Format::Xlsx, bytes).is_err(), "{bytes:?}");
    }
}

/// S12: whatever a text begins with, no spreadsheet takes it for a formula, and it comes back as it went.
#[test]
fn no_text_becomes_a_formula_however_it_is_disguised() {
    let texts = [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u{3000}=1",
        "'=1",
        "\"=1",
        " ' \"=1",
        "\u{feff}=1",
        "\u{200b}＝1",
        "''x",
        "'x",
        "=cmd|' /C calc'!A0",
        "a\r\n=1",
        "-5 ℃",
        "河道站",
        "1,5",
        "x\"y",
    ];
    let rows: Vec<Vec<Cell>> =
        texts.iter().map(|text| vec![Cell::Text((*text).to_owned()), Cell::Number(-1.5)]).collect();
    let bytes = write(Format::Csv, &["name", "value"], &rows).unwrap();
    let again = [csv_head(&["name", "value"]).unwrap(), csv_lines(&rows[..7]).unwrap(), csv_lines(&rows[7..]).unwrap()];
    assert_eq!(again.concat(), bytes, "portions make the same file");
    let text = std::str::from_utf8(&bytes).unwrap().trim_start_matches('\u{feff}');
    let mut reader = ::csv::ReaderBuilder::new().from_reader(text.as_bytes()); // RFC 4180 and nothing else
    for (record, wrote) in reader.records().zip(texts) {
        let record = record.unwrap();
        let first = record[0]
            .trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}')
            .chars()
            .next();
        assert!(!first.is_some_and(|c| "=+-@＝＋－＠\"".contains(c)), "{wrote:?} became {:?}", &record[0]);
        assert_eq!(&record[1], "-1.5", "a number stays one");
    }
    let sheet = read(Format::Csv, &bytes).unwrap();
    let folder = std::env::temp_dir();
    let mut book = XlsxFile::begin(&folder, &["name", "value"]).unwrap();
    book.push(&rows[..3]).unwrap();
    book.push(&rows[3..]).unwrap();
    let mut file = std::io::Cursor::new(Vec::new());
    book.finish(&mut file).unwrap();
    for (n, wrote) in texts.iter().enumerate() {
        assert_eq!(sheet.rows[n].cells[0], *wrote, "it comes back");
    }
    let mut book: calamine::Xlsx<_> = calamine::Reader::new(std::io::Cursor::new(file.into_inner())).unwrap();
    let formulas = calamine::Reader::worksheet_formula(&mut book, "Sheet1").unwrap();
    assert!(formulas.used_cells().all(|(_, _, formula)| formula.is_empty()), "no cell is a formula");
    let range = calamine::Reader::worksheet_range(&mut book, "Sheet1").unwrap();
    for (n, wrote) in texts.iter().enumerate() {
        let cell = range.get_value((n as u32 + 1, 0)).unwrap();
        assert!(matches!(cell, calamine::Data::String(_)), "{wrote:?} became {cell:?}");
        assert_eq!(range.get_value((n as u32 + 1, 1)), Some(&calamine::Data::Float(-1.5)));
    }
}
