//! OGC SensorThings 1.1: what was published is read through it, by questions of the standard and by a client that we did
//! not write.

use std::collections::BTreeSet;
use std::process::Command;

use chengshu_tests::world::{Broker, Database, GUARD, Hub, World, now_ms, publish_all, until};
use serde_json::{Value, json};

struct Sta {
    hub: Hub,
    /// The time of the first reading.
    base: i64,
    broker: Broker,
    _database: Database,
    _world: World,
}

/// a river gauge with a place and 25 levels a second apart, values 0 to 24, and one flow. R-2: one without a place,
/// 3 levels at the same times. X-1: of no known theme and kind, gone by its own last word.
fn sta() -> Sta {
    let world = World::new().unwrap();
    let database = Database::start(&world).unwrap();
    let broker = Broker::start(&world).unwrap();
    let hub = Hub::start(&world, &database, &broker).unwrap();
    let base = (now_ms() - 60_000) / 1000 * 1000;
    let place = json!({"lng": 111.96, "lat": 21.86, "datum": "cgcs2000"});
    let mut messages = vec![
        (
            "city/water/R-1/status",
            json!({"online": true, "kind": "river_level", "name": "三号桥水位站", "place": place}),
        ),
        ("city/water/R-2/status", json!({"online": true, "kind": "river_level"})),
    ];
    for n in 0..25 {
        messages.push(("city/water/R-1/telemetry", json!({"ts": base + n * 1000, "values": {"level": n}})));
    }
    for n in 0..3 {
        messages.push(("city/water/R-2/telemetry", json!({"ts": base + n * 1000, "values": {"level": 100 + n}})));
    }
    messages.push(("city/water/R-1/telemetry", json!({"ts": base, "values": {"flow": 7.5}})));
    messages.push(("city/test/X-1/telemetry", json!({"ts": base, "values": {"x": -1.25}})));
    messages.push(("city/test/X-1/status", json!({"online": false})));
    let bytes = |(topic, payload): (&str, Value)| (topic.to_owned(), payload.to_string().into_bytes());
    publish_all(broker.port, &messages.into_iter().map(bytes).collect::<Vec<_>>()).unwrap();
    until("all readings are stored", GUARD, || {
        (database.count("SELECT count(*) FROM reading").ok()? == 30).then_some(())
    })
    .unwrap();
    until("X-1 is gone", GUARD, || {
        let page = hub.get("/api/v1/devices?state=offline").ok()?;
        (page["devices"][0]["device"] == "X-1").then_some(())
    })
    .unwrap();
    Sta { hub, base, broker, _database: database, _world: world }
}

/// An address with everything escaped that must not stand in one.
fn escaped(path: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"/?&=$()',;:@-._~*%".contains(&byte);
    path.bytes().map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

impl Sta {
    fn ask(&self, path: &str) -> (u16, String) {
        self.hub.ask(&escaped(&format!("/sta/v1.1/{path}")), Some(&self.hub.key)).unwrap()
    }

    fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask(path);
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// Follows next links until there is none; each page as it came.
    fn pages(&self, path: &str) -> Vec<Value> {
        let mut pages = vec![self.get(path)];
        while let Some(next) = pages.last().unwrap()["@iot.nextLink"].as_str() {
            assert!(pages.len() < 100, "next links without an end: {next}");
            let path = next.strip_prefix(&self.hub.http).expect("a link leads back the way that the caller came");
            let (status, body) = self.hub.ask(path, Some(&self.hub.key)).unwrap();
            assert_eq!(status, 200, "{path}: {body}");
            pages.push(serde_json::from_str(&body).unwrap());
        }
        pages
    }

    /// The number of the Datastream of a device and a metric.
    fn stream(&self, device: &str, metric: &str) -> i64 {
        let page = self.get(&format!("Things('{device}')/Datastreams?$filter=properties/metric eq '{metric}'"));
        page["value"][0]["@iot.id"].as_i64().unwrap()
    }

    /// The time of the first reading, as an answer writes it.
    fn first_time(&self) -> String {
        let first = self.get(&format!("Observations('{}-{}')", self.stream("R-1", "level"), self.base));
        first["phenomenonTime"].as_str().unwrap().to_owned()
    }
}

fn values(page: &Value, name: &str) -> Vec<Value> {
    page["value"].as_array().unwrap().iter().map(|entity| entity[name].clone()).collect()
}

fn results(pages: &[Value]) -> Vec<f64> {
    pages.iter().flat_map(|page| values(page, "result")).map(|value| value.as_f64().unwrap()).collect()
}

#[test]
fn entities_are_found_by_their_addresses() {
    let sta = sta();
    let root = sta.hub.get("/sta/v1.1").unwrap();
    assert_eq!(root["value"].as_array().unwrap().len(), 8);
    assert_eq!(root["value"][0], json!({"name": "Things", "url": format!("{}/sta/v1.1/Things", sta.hub.http)}));
    assert!(root["serverSettings"]["conformance"].as_array().unwrap().len() > 10);
    assert_eq!(sta.hub.get("/sta/v1.1/").unwrap(), root);

    let thing = sta.get("Things('R-1')");
    assert_eq!((&thing["@iot.id"], &thing["name"]), (&json!("R-1"), &json!("三号桥水位站")));
    assert_eq!(thing["@iot.selfLink"], format!("{}/sta/v1.1/Things('R-1')", sta.hub.http));
    assert_eq!(thing["Datastreams@iot.navigationLink"], format!("{}/sta/v1.1/Things('R-1')/Datastreams", sta.hub.http));
    assert_eq!((&thing["properties"]["theme"], &thing["properties"]["state"]), (&json!("water"), &json!("live")));
    assert!(thing["properties"]["age_s"].as_f64().unwrap() < 60.0 && thing["properties"]["department"].is_null());
    let gone = sta.get("Things('X-1')");
    assert_eq!((&gone["properties"]["state"], &gone["properties"]["reason"]), (&json!("offline"), &json!("last_will")));

    let level = sta.stream("R-1", "level");
    let stream = sta.get(&format!("Things('R-1')/Datastreams({level})"));
    assert_eq!(stream["unitOfMeasurement"], json!({"name": "m", "symbol": "m", "definition": null}));
    assert_eq!((&stream["properties"]["latest"], &stream["properties"]["state"]), (&json!(24.0), &json!("live")));
    assert_eq!(sta.get(&format!("Datastreams({level})/Thing/name")), sta.get("Things('R-1')/name"));
    assert_eq!(sta.get(&format!("Datastreams({level})/Sensor"))["@iot.id"], "water~river_level");
    let property = sta.get(&format!("Datastreams({level})/ObservedProperty"));
    assert_eq!(
        (&property["@iot.id"], &property["properties"]["unit"]),
        (&json!("water~river_level~level"), &json!("m"))
    );
    let of_no_kind = sta.get(&format!("Datastreams({})/ObservedProperty", sta.stream("X-1", "x")));
    assert_eq!(sta.get("ObservedProperties('test~~x')"), of_no_kind);
    assert_eq!(values(&sta.get("Sensors('test~')/Datastreams"), "name"), ["X-1 · x"]);
    assert_eq!(
        values(&sta.get("ObservedProperties('water~river_level~flow')/Datastreams"), "name"),
        ["三号桥水位站 · 流量"]
    );

    let place = sta.get("Things('R-1')/Locations");
    assert_eq!(place["value"][0]["location"], json!({"type": "Point", "coordinates": [111.96, 21.86]}));
    assert_eq!(sta.get("Things('R-2')/Locations")["value"], json!([]), "nobody knows where it stands");
    assert_eq!(values(&sta.get("Locations('R-1')/Things"), "@iot.id"), ["R-1"]);
    assert_eq!(sta.get("HistoricalLocations")["value"], json!([]));

    let newest = &sta.get(&format!("Datastreams({level})/Observations?$top=1"))["value"][0];
    let id = newest["@iot.id"].as_str().unwrap();
    assert_eq!(id, format!("{level}-{}", sta.base + 24_000));
    let one = sta.get(&format!("Observations('{id}')"));
    assert_eq!(&one, newest);
    assert_eq!((&one["result"], &one["resultQuality"]), (&json!(24.0), &json!([])));
    assert!(one["resultTime"].as_str().unwrap() >= one["phenomenonTime"].as_str().unwrap());
    assert_eq!(sta.get(&format!("Observations('{id}')/Datastream/Thing"))["@iot.id"], "R-1");
    let feature = sta.get(&format!("Observations('{id}')/FeatureOfInterest"));
    assert_eq!(feature["feature"]["coordinates"], json!([111.96, 21.86]));
    assert_eq!(sta.get("FeaturesOfInterest('R-1')/Observations?$count=true&$top=0")["@iot.count"], 26);

    assert_eq!(sta.get("Things('R-1')/name"), json!({"name": "三号桥水位站"}));
    assert_eq!(sta.ask("Things('R-1')/name/$value"), (200, "三号桥水位站".to_owned()));
    assert_eq!(sta.get("Things('R-1')/properties/state"), json!({"state": "live"}));
    assert_eq!(sta.ask("Things('R-1')/properties/area").0, 204, "nobody entered one");
    assert_eq!(sta.get("Things/$ref")["value"].as_array().unwrap().len(), 3);
    for missing in [
        "Thing",
        "Things('NOBODY')",
        "Datastreams(99999)",
        "Datastreams(99999999999)",
        "Things('R-2')/Datastreams(1)/nothing",
        &format!("Things('R-2')/Datastreams({level})"),
        "Observations('1-1')",
        "Observations('x')",
        "Sensors('water~nothing')",
        "Sensors('water~river_level~level')",
        "Locations('R-2')",
        "HistoricalLocations('R-1')",
        "Things/name",
    ] {
        let (status, body) = sta.ask(missing);
        assert!(status == 404 && body.contains("\"code\":\"not_found\""), "{missing}: {status} {body}");
    }
    let (status, _) = sta.hub.call("POST", "/sta/v1.1/Things", Some(&sta.hub.key), Some(json!({}))).unwrap();
    assert_eq!(status, 405, "reading only");
}

#[test]
fn things_are_filtered_sorted_and_cut() {
    let sta = sta();
    let ids = |query: &str| values(&sta.get(&format!("Things?{query}")), "@iot.id");
    for (filter, found) in [
        ("properties/theme eq 'water'", &["R-1", "R-2"][..]),
        ("properties/state eq 'offline'", &["X-1"][..]),
        ("startswith(@iot.id,'R-') and not (id eq 'R-2')", &["R-1"][..]),
        ("substringof('桥',name)", &["R-1"][..]),
        ("Datastreams/properties/metric eq 'flow'", &["R-1"][..]),
        ("Datastreams/properties/metric eq 'level' and Datastreams/properties/latest gt 50", &["R-2"][..]),
        // of one Datastream both must hold
        ("Datastreams/properties/metric eq 'flow' and Datastreams/properties/latest eq 24", &[][..]),
        ("Locations/properties/datum eq 'cgcs2000'", &["R-1"][..]),
        ("properties/last_heard gt now() sub duration'PT1H' and properties/age_s lt 3600", &["R-1", "R-2", "X-1"][..]),
        ("properties/department eq null or false", &["R-1", "R-2", "X-1"][..]),
        ("length(name) gt 3 and tolower(@iot.id) eq 'r-1'", &["R-1"][..]),
    ] {
        assert_eq!(ids(&format!("$orderby=@iot.id&$filter={filter}")), *found, "{filter}");
    }
    assert_eq!(ids("$orderby=properties/theme desc,@iot.id desc"), ["R-2", "R-1", "X-1"]);
    assert_eq!(ids("$orderby=id&$skip=1&$top=1"), ["R-2"]);
    let pages = sta.pages("Things?$top=1&$count=true&$filter=properties/theme eq 'water'");
    assert_eq!(pages.iter().flat_map(|page| values(page, "@iot.id")).collect::<Vec<_>>(), ["R-1", "R-2"]);
    assert!(pages.iter().all(|page| page["@iot.count"] == 2));
    assert_eq!(sta.get("Things?$top=0&$count=true"), json!({"@iot.count": 3, "value": []}));
    let selected = sta.get("Things?$orderby=id&$top=1&$select=id,properties/theme,Locations");
    let link = format!("{}/sta/v1.1/Things('R-1')/Locations", sta.hub.http);
    assert_eq!(
        selected["value"],
        json!([{"@iot.id": "R-1", "properties": {"theme": "water"}, "Locations@iot.navigationLink": link}])
    );
    let streams = sta.get(
        "Datastreams?$filter=Thing/properties/theme eq 'water' and Sensor/properties/kind eq 'river_level' \
                           and ObservedProperty/name eq '水位'&$count=true&$orderby=Thing/@iot.id desc",
    );
    assert_eq!(
        (&streams["@iot.count"], values(&streams, "name")),
        (&json!(2), vec![json!("R-2 · 水位"), json!("三号桥水位站 · 水位")])
    );
    // what is taken out of service is not there
    let (status, _) = sta.hub.call("DELETE", "/api/v1/devices/X-1", Some(&sta.hub.key), None).unwrap();
    assert_eq!(status, 204);
    assert_eq!(ids("$orderby=id"), ["R-1", "R-2"]);
    assert_eq!(sta.ask("Things('X-1')").0, 404);
    assert_eq!(sta.get("Datastreams?$filter=properties/metric eq 'x'")["value"], json!([]));
}

#[test]
fn observations_are_paged_each_once() {
    let sta = sta();
    let level = sta.stream("R-1", "level");
    let list = format!("Datastreams({level})/Observations");
    let up: Vec<f64> = (0..25).map(f64::from).collect();
    let down: Vec<f64> = up.iter().rev().copied().collect();
    for (query, wanted) in [
        ("$orderby=phenomenonTime asc&$top=7", &up),
        ("$top=7", &down),
        ("$orderby=phenomenonTime desc&$top=1000", &down),
        ("$orderby=result&$top=7", &up),
        ("$orderby=resultTime,result desc&$top=25", &down),
        ("$top=5&$filter=resultQuality eq ''", &down),
    ] {
        let pages = sta.pages(&format!("{list}?{query}"));
        let found = results(&pages);
        // arrivals of one batch are at one time: only what is there is certain, and that nothing comes twice
        if query.contains("resultTime") {
            assert_eq!(found.len(), 25);
            continue;
        }
        assert_eq!(&found, wanted, "{query}");
        assert_eq!(pages.len() > 1, !query.contains("1000"), "{query}");
    }
    assert_eq!(results(&sta.pages(&format!("{list}?$orderby=phenomenonTime&$skip=20&$top=2"))), up[20..]);
    // of all Datastreams together, some readings having the same time
    for query in ["$top=4", "$top=4&$orderby=phenomenonTime", "$top=4&$skip=2", "$top=4&$filter=not (result eq 3.5)"] {
        let pages = sta.pages(&format!("Observations?{query}"));
        let ids: Vec<String> =
            pages.iter().flat_map(|page| values(page, "@iot.id")).map(|id| id.as_str().unwrap().to_owned()).collect();
        let wanted = if query.contains("skip") { 28 } else { 30 };
        assert_eq!((ids.len(), ids.iter().collect::<BTreeSet<_>>().len()), (wanted, wanted), "{query}: {ids:?}");
        let times: Vec<String> =
            pages.iter().flat_map(|page| values(page, "phenomenonTime")).map(|at| at.to_string()).collect();
        let mut sorted = times.clone();
        sorted.sort();
        if !query.contains("orderby") {
            sorted.reverse();
        }
        assert_eq!(times, sorted, "{query}");
    }
    // a reading that arrives between two pages moves none of the others
    let first = sta.get(&format!("{list}?$top=5"));
    let now = json!({"ts": sta.base + 30_000, "values": {"level": 99}}).to_string().into_bytes();
    publish_all(sta.broker.port, &[("city/water/R-1/telemetry".to_owned(), now)]).unwrap();
    until("it is stored", GUARD, || (sta.get(&format!("{list}?$top=1"))["value"][0]["result"] == 99.0).then_some(()))
        .unwrap();
    let next = first["@iot.nextLink"].as_str().unwrap().strip_prefix(&sta.hub.http).unwrap().to_owned();
    let second: Value = serde_json::from_str(&sta.hub.ask(&next, Some(&sta.hub.key)).unwrap().1).unwrap();
    assert_eq!(results(&[first, second]), down[..10]);
}

#[test]
fn observations_are_filtered_counted_and_expanded() {
    let sta = sta();
    let level = sta.stream("R-1", "level");
    let base = sta.first_time();
    let list = format!("Datastreams({level})/Observations?$count=true&$orderby=phenomenonTime&$filter");
    for (filter, wanted) in [
        (format!("phenomenonTime gt {base} and phenomenonTime le {base} add duration'PT3S'"), &[1.0, 2.0, 3.0][..]),
        (format!("phenomenonTime eq '{base}'"), &[0.0][..]),
        ("result gt 20 and 23 ge result".to_owned(), &[21.0, 22.0, 23.0][..]),
        ("result lt 2 or result gt 23".to_owned(), &[0.0, 1.0, 24.0][..]),
        ("result mod 10 eq 4".to_owned(), &[4.0, 14.0, 24.0][..]),
        ("resultQuality ne '' or result eq 5".to_owned(), &[5.0][..]),
        ("year(phenomenonTime) lt 2000".to_owned(), &[][..]),
        ("result lt 2 and Datastream/Thing/properties/theme eq 'water'".to_owned(), &[0.0, 1.0][..]),
        ("result lt 2 and Datastream/Thing/properties/theme eq 'fire'".to_owned(), &[][..]),
        ("result ge 0 and result lt 1 and FeatureOfInterest/name eq '三号桥水位站'".to_owned(), &[0.0][..]),
    ] {
        let page = sta.get(&format!("{list}={filter}"));
        assert_eq!(results(std::slice::from_ref(&page)), *wanted, "{filter}");
        assert_eq!(page["@iot.count"], wanted.len(), "{filter}");
    }
    let across =
        sta.get("Observations?$filter=Datastream/Thing/@iot.id eq 'R-2'&$count=true&$expand=Datastream($select=name)");
    assert_eq!((results(std::slice::from_ref(&across)), &across["@iot.count"]), (vec![102.0, 101.0, 100.0], &json!(3)));
    assert_eq!(across["value"][0]["Datastream"], json!({"name": "R-2 · 水位"}));

    let page = sta.get(
        "Things?$orderby=id&$select=id&$expand=Locations($select=name),\
         Datastreams($orderby=id;$select=properties/metric;$expand=ObservedProperty($select=id),\
         Observations($top=2;$orderby=phenomenonTime desc;$select=result;$count=true))",
    );
    let first = &page["value"][0];
    assert_eq!(first["Locations"], json!([{"name": "三号桥水位站"}]));
    let streams = first["Datastreams"].as_array().unwrap();
    let metrics: BTreeSet<&str> = streams.iter().filter_map(|stream| stream["properties"]["metric"].as_str()).collect();
    assert_eq!(metrics, BTreeSet::from(["flow", "level"]));
    let levels = streams.iter().find(|stream| stream["properties"]["metric"] == "level").unwrap();
    assert_eq!(levels["Observations"], json!([{"result": 24.0}, {"result": 23.0}]));
    assert_eq!(
        (&levels["Observations@iot.count"], &levels["ObservedProperty"]["@iot.id"]),
        (&json!(25), &json!("water~river_level~level"))
    );
    let next = levels["Observations@iot.nextLink"].as_str().unwrap().strip_prefix(&sta.hub.http).unwrap();
    let next = sta.hub.get(next).unwrap();
    assert_eq!(next["value"], json!([{"result": 22.0}, {"result": 21.0}]));
    assert_eq!(page["value"][2]["Datastreams"][0]["Observations"], json!([{"result": -1.25}]));

    let arrays = sta.get("Observations?$resultFormat=dataArray&$orderby=phenomenonTime&$top=3&$select=id,result");
    let groups = arrays["value"].as_array().unwrap();
    assert_eq!(groups.len(), 3, "three Datastreams at one time: {arrays}");
    assert_eq!(groups[0]["components"], json!(["id", "result"]));
    let whole = sta.get(&format!("Datastreams({level})/Observations?$resultFormat=dataArray&$top=1000"));
    assert_eq!(
        whole["value"][0]["components"],
        json!(["id", "phenomenonTime", "resultTime", "result", "resultQuality"])
    );
    assert_eq!(whole["value"][0]["dataArray@iot.count"], 25);
    assert_eq!(whole["value"][0]["dataArray"][0][3], 24.0);
    assert_eq!(
        whole["value"][0]["Datastream@iot.navigationLink"],
        format!("{}/sta/v1.1/Datastreams({level})", sta.hub.http)
    );
}

#[test]
fn wrong_questions_are_answered_with_what_would_be_right() {
    let sta = sta();
    let level = sta.stream("R-1", "level");
    for (path, words) in [
        ("Things?$filter=nmae eq 'x'", "one of @iot.id, name"),
        ("Things?$filter=properties/them eq 'x'", "after properties/ one of theme"),
        ("Things?$filter=name eq 5", "a text and a number"),
        ("Things?$filter=name eq 'x", "a closing quote"),
        ("Things?$filter=soundex(name) eq 'x'", "one of the functions"),
        ("Things?$filter=Datastreams/Observations/result gt 1", "filter Observations themselves instead"),
        ("Things?$orderby=Datastreams/name", "has an order"),
        ("Things?$top=many", "a whole number"),
        ("Things?$select=nmae", "one of @iot.id, name"),
        ("Things?$expand=Things", "one of Datastreams, Locations"),
        ("Things?$foo=1", "one of $filter"),
        ("Things?top=1", "one of $filter"),
        ("Things('R-1')?$filter=name eq 'x'", "the address names one entity"),
        ("Things('R-1')/name?$select=name", "the address names a property"),
        ("Things?$expand=Datastreams/Observations($orderby=result)", "ordered by phenomenonTime only"),
        ("Things?$expand=Datastreams/Observations($filter=result lt 1 or result gt 2)", "joined bounds"),
        ("FeaturesOfInterest?$expand=Observations", "expected Datastreams($expand=Observations)"),
        ("Observations?$top=1000&$skip=100000", "would fetch more than"),
    ] {
        let (status, body) = sta.ask(path);
        let problem: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((status, &problem["code"]), (400, &json!("bad_request")), "{path}: {body}");
        assert!(problem["detail"].as_str().unwrap().contains(words), "{path}: {body}");
    }
    let (status, body) = sta.ask(&format!("Datastreams({level})/Observations?$skiptoken=tomorrow"));
    assert!(status == 400 && body.contains("what a next link said"), "{body}");
}

#[test]
fn a_client_that_we_did_not_write_reads_it() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let made = Command::new("make").args(["--no-print-directory", "sta-client"]).current_dir(&root).output().unwrap();
    assert!(made.status.success(), "make sta-client: {}", String::from_utf8_lossy(&made.stderr));
    let sta = sta();
    let output = Command::new(root.join("target/sta-client/bin/python"))
        .arg(root.join("tests/sta/client.py"))
        .args([format!("{}/sta/v1.1", sta.hub.http), sta.hub.key.clone()])
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
    println!("frost_sta_client saw: {seen}");
    assert_eq!(seen["things"], json!(["R-1", "R-2", "X-1"]), "through next links");
    assert_eq!(seen["thing"], json!(["三号桥水位站", "live", "water"]));
    let measurement = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement";
    assert_eq!(seen["datastream"], json!(["三号桥水位站 · 水位", "m", measurement]));
    assert_eq!(seen["count"], 25);
    assert_eq!(seen["newest"], json!([24.0, 24.0, true]));
    let all: Vec<f64> = seen["all"].as_array().unwrap().iter().filter_map(|pair| pair[1].as_f64()).collect();
    assert_eq!(all, (0..25).map(f64::from).collect::<Vec<_>>(), "through next links, each once, in order");
    let between: Vec<&Value> = seen["between"].as_array().unwrap().iter().map(|pair| &pair[1]).collect();
    assert_eq!(between, [21.0, 22.0, 23.0]);
    let (one, two) = (&seen["expanded"][0], &seen["expanded"][1]);
    assert_eq!((&one[0], &one[1]), (&json!("R-1"), &json!([[111.96, 21.86]])));
    assert!(one[2].as_array().unwrap().contains(&json!(["水位", "河道水位站", [24.0, 23.0]])), "{one}");
    assert_eq!(*two, json!(["R-2", [], [["水位", "河道水位站", [102.0, 101.0]]]]));
    assert!(seen["sensors"].as_u64().unwrap() > 10);
    assert_eq!(seen["properties"], json!(["urn:chengshu:metric:test::x"]));
    assert_eq!((&seen["locations"], &seen["features"]), (&json!(["三号桥水位站"]), &json!(["R-1"])));
    assert_eq!(seen["past"], 0);
    assert_eq!((&seen["refused"][0], &seen["refused"][1]), (&json!(400), &json!("bad_request")));
}
