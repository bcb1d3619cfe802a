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
