//! Readings in breadth: filters of latest values, many series at once, files that no spreadsheet executes, files that
//! break off, and answers that are not sent twice.

use std::io::{BufRead as _, BufReader, Read as _};

use chengshu_sheet::{Format, Sheet, read};
use chengshu_tests::world::{GUARD, now_ms, publish_all, until, whole};
use serde_json::{Value, json};

/// Names that spreadsheets would calculate.
const TABLE: &str = "device,theme,kind,name,department,area,groups\n\
    E-1,water,river_level,=HYPERLINK(\"http://evil\"),水务局,城南,汛期\n\
    E-2,water,river_level,＝1+1,水务局,城南,\n\
    E-3,water,rain_gauge, +1,气象局,城北,汛期\n";

fn column(sheet: &Sheet, name: &str) -> Vec<String> {
    let place = sheet.columns.iter().position(|column| column == name).unwrap_or_else(|| panic!("no column {name}"));
    sheet.rows.iter().map(|row| row.cells[place].clone()).collect()
}

#[test]
fn a_day_of_a_department_goes_out_in_three_formats_and_no_cell_calculates() {
    let (_world, _database, broker, hub) = whole("");
    let (status, report) = hub.upload("/api/v1/import/devices?format=csv", TABLE.as_bytes()).unwrap();
    assert_eq!((status, &report["created"]), (200, &json!(3)), "{report}");
    let start = now_ms() - 3_600_000;
    let value = |n: i64| -1.5 - n as f64 / 40.0;
    let least_value = value(49);
    let message = |device: &str, n: i64| {
        let payload = json!({"ts": start + n * 1_000, "values": {"level": value(n)}});
        (format!("city/water/{device}/telemetry"), payload.to_string().into_bytes())
    };
    let messages: Vec<_> = (0..50).flat_map(|n| ["E-1", "E-2", "E-3"].map(|device| message(device, n))).collect();
    publish_all(broker.port, &messages).unwrap();
    until("all are stored", GUARD, || {
        ["E-1", "E-2", "E-3"].iter().all(|device| hub.latest(device, "level") == Some(least_value)).then_some(())
    })
    .unwrap();

    // filters of latest values and of the register
    let names = |path: &str| {
        let page = hub.get(path).unwrap();
        let mut names: Vec<String> =
            page["devices"].as_array().unwrap().iter().map(|d| d["device"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    for list in ["latest", "devices"] {
        assert_eq!(names(&format!("/api/v1/{list}?department=%E6%B0%B4%E5%8A%A1%E5%B1%80")), ["E-1", "E-2"]);
        assert_eq!(names(&format!("/api/v1/{list}?area=%E5%9F%8E%E5%8C%97")), ["E-3"]);
        assert_eq!(names(&format!("/api/v1/{list}?group=%E6%B1%9B%E6%9C%9F&kind=river_level")), ["E-1"]);
        assert_eq!(names(&format!("/api/v1/{list}?state=never&theme=water")), [] as [&str; 0]);
        let first = hub.get(&format!("/api/v1/{list}?theme=water&limit=2")).unwrap();
        let next = first["next"].as_str().unwrap();
        let second = names(&format!("/api/v1/{list}?theme=water&limit=2&after={next}"));
        assert_eq!((first["devices"].as_array().unwrap().len(), second.len()), (2, 1), "pages go on");
    }

    // many series at once; one that does not exist has an error of its own
    let series = json!([{"device": "E-1", "metric": "level"}, {"device": "E-9", "metric": "level"}, {"device": "E-3", "metric": "level"}]);
    let order = json!({"series": series, "from": start, "to": start + 3_600_000, "bucket": "1h", "agg": "min"});
    let many = hub.post("/api/v1/readings/query", order).unwrap();
    assert_eq!((&many["bucket_ms"], &many["series"][1]["error"]["code"]), (&json!(3_600_000), &json!("not_found")));
    let least = |n: usize| {
        many["series"][n]["points"].as_array().unwrap().iter().map(|p| p[1].as_f64().unwrap()).fold(0.0, f64::min)
    };
    assert_eq!((least(0), least(2), &many["series"][0]["error"]), (least_value, least_value, &Value::Null), "{many}");

    // the files
    let span = format!("from={start}&to={}&department=%E6%B0%B4%E5%8A%A1%E5%B1%80", start + 86_400_000);
    let packed =
        hub.request("GET", &format!("/api/v1/export/readings?{span}"), &[("Accept-Encoding", "gzip")], &[]).unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip", "browsers ask for it");
    let mut unpacked = String::new();
    flate2::read::GzDecoder::new(packed.into_body().into_reader()).read_to_string(&mut unpacked).unwrap();
    let mut answer = hub.request("GET", &format!("/api/v1/export/readings?{span}"), &[], &[]).unwrap();
    let disposition = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(
        disposition.starts_with("attachment; filename=\"readings-20") && disposition.ends_with(".csv\""),
        "{disposition}"
    );
    let csv = answer.body_mut().read_to_vec().unwrap();
    assert_eq!(unpacked.as_bytes(), csv, "packed or not");
    let xlsx = hub.download(&format!("/api/v1/export/readings?{span}&format=xlsx")).unwrap();
    for (format, bytes) in [(Format::Csv, &csv), (Format::Xlsx, &xlsx)] {
        let sheet = read(format, bytes).unwrap();
        assert_eq!(sheet.rows.len(), 100, "{format:?}");
        let values: Vec<f64> = column(&sheet, "value").iter().map(|cell| cell.parse().unwrap()).collect();
        assert!(values.iter().all(|value| (least_value..=-1.5).contains(value)), "numbers stay numbers");
        assert!(column(&sheet, "name").contains(&"＝1+1".to_owned()), "a text stays what it is");
        assert!(column(&sheet, "at").iter().all(|at| at.ends_with("+08:00")));
        assert!(column(&sheet, "department").iter().all(|department| department == "水务局"));
    }
    let text = String::from_utf8(csv).unwrap();
    assert!(
        text.starts_with("\u{feff}device,name,")
            && text.contains("\"'=HYPERLINK(\"\"http://evil\"\")\"")
            && text.contains(",'＝1+1,"),
        "{text}"
    );
    assert!(text.contains(",-1.5,"), "a negative number stays bare");
    let all = hub
        .download(&format!("/api/v1/export/readings?from={start}&to={}&format=ndjson&device=E-3", start + 86_400_000))
        .unwrap();
    let lines: Vec<Value> = all.as_slice().lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
    let raw =
        hub.get(&format!("/api/v1/readings?device=E-3&metric=level&from={start}&to={}", start + 86_400_000)).unwrap();
    assert_eq!((lines.len(), &lines[0]["value"]), (50, &json!(-1.5)), "{}", lines[0]);
    assert_eq!(lines[0]["quality"], raw["points"][0][2], "the same words as everywhere");
    let hours = hub.download(&format!("/api/v1/export/readings?{span}&bucket=1d&agg=max")).unwrap();
    assert!(!read(Format::Csv, &hours).unwrap().rows.is_empty());
    let (status, body) = hub.ask(&format!("/api/v1/export/readings?{span}&device=E-3"), Some(&hub.key)).unwrap();
    assert_eq!(status, 404, "{body}");
}

#[test]
fn a_long_file_is_not_cut_by_the_time_limit_and_one_that_breaks_off_never_looks_whole() {
    let (_world, mut database, broker, hub) = whole("[api]\nrequest_timeout_s = 9\n");
    publish_all(broker.port, &[("city/water/L-1/telemetry".to_owned(), b"{\"level\": 1}".to_vec())]).unwrap();
    until("it is stored", GUARD, || hub.latest("L-1", "level")).unwrap();
    database
        .execute(
            "INSERT INTO reading (series, at, lag_ms, value, quality)
             SELECT id, now() - INTERVAL '8 days' + n * INTERVAL '500 ms', 7, n, 0
             FROM series, generate_series(1, 1060000) AS n",
        )
        .unwrap();
    let span = format!("from={}&to={}", now_ms() - 9 * 86_400_000, now_ms() + 60_000);
    let (status, body) = hub.ask(&format!("/api/v1/export/readings?{span}&format=xlsx"), Some(&hub.key)).unwrap();
    assert!(status == 400 && body.contains("1048575") && body.contains("format=csv"), "{status} {body}");
    let series: Vec<Value> = (0..11).map(|_| json!({"device": "L-1", "metric": "level"})).collect();
    let order = json!({"series": series, "from": now_ms() - 9 * 86_400_000, "to": now_ms()});
    let (status, body) = hub.call("POST", "/api/v1/readings/query", Some(&hub.key), Some(order)).unwrap();
    assert!(status == 400 && body.contains("200000"), "{status} {body}");

    let open = || {
        let answer = hub.request("GET", &format!("/api/v1/export/readings?{span}"), &[], &[]).unwrap();
        assert_eq!(answer.status(), 200);
        BufReader::new(answer.into_body().into_reader())
    };
    let mut file = open();
    let mut line = String::new();
    file.read_line(&mut line).unwrap();
    std::thread::sleep(std::time::Duration::from_secs(12)); // a slow client, slower than the limit of a request
    let lines = file.lines().try_fold(0, |count, line| line.map(|_| count + 1)).unwrap();
    assert_eq!(lines, 1_060_001, "the file is whole");

    let mut file = open();
    file.read_exact(&mut [0; 100_000]).unwrap();
    database.down();
    let mut rest = Vec::new();
    let broken = file.read_to_end(&mut rest);
    assert!(broken.is_err(), "half a file of {} bytes ended like a whole one", rest.len());
}

#[test]
fn what_has_not_changed_is_not_sent_again_and_an_entry_is_changed_by_its_tag() {
    let (_world, _database, _broker, hub) = whole("");
    for path in ["themes", "kpis", "devices", "parts", "openapi.json"] {
        let path = format!("/api/v1/{path}");
        // key figures move by themselves: the tag of one answer must hold for an equal one only
        let first = hub.request("GET", &path, &[], &[]).unwrap();
        let tag = first.headers()["etag"].to_str().unwrap().to_owned();
        assert!(tag.starts_with("W/\""), "{tag}");
        let mut other = hub.request("GET", &path, &[("If-None-Match", "W/\"other\"")], &[]).unwrap();
        assert_eq!(other.status(), 200);
        assert!(!other.body_mut().read_to_vec().unwrap().is_empty());
        if !path.ends_with("kpis") {
            let mut same = hub.request("GET", &path, &[("If-None-Match", &tag)], &[]).unwrap();
            assert_eq!((same.status().as_u16(), same.body_mut().read_to_vec().unwrap().len()), (304, 0), "{path}");
        }
    }
    let json = ("Content-Type", "application/json");
    let put = |body: Value, tag: Option<&str>| {
        let headers: Vec<(&str, &str)> = [json].into_iter().chain(tag.map(|tag| ("If-Match", tag))).collect();
        hub.request("PUT", "/api/v1/devices/T-1", &headers, body.to_string().as_bytes()).unwrap()
    };
    let made = put(json!({"theme": "water", "version": 0, "entry": {"name": "一号"}}), None);
    assert_eq!((made.status().as_u16(), made.headers()["etag"].to_str().unwrap()), (200, "\"v1\""));
    let entry = |name: &str| json!({"theme": "water", "entry": {"name": name}});
    assert_eq!(put(entry("二号"), None).status(), 400, "neither a version nor a tag");
    let changed = put(entry("二号"), Some("\"v1\""));
    assert_eq!((changed.status().as_u16(), changed.headers()["etag"].to_str().unwrap()), (200, "\"v2\""));
    assert_eq!(put(entry("三号"), Some("\"v1\"")).status(), 412);
    assert_eq!(put(entry("三号"), Some("nonsense")).status(), 400);
    let read = hub.request("GET", "/api/v1/devices/T-1", &[], &[]).unwrap();
    assert_eq!(read.headers()["etag"], "\"v2\"");
}
