//! Scopes in statements: every list of the store, on a real database, is what `Scope::covers` says of each object, and
//! nothing else. Who is asked for what by which route is tested in hub/api.

use std::collections::BTreeSet;
use std::time::Duration;

use chengshu_access::{Extent, Object, Part, Scope};
use chengshu_core::model::{Aggregate, Quality, Timestamp};
use chengshu_store::{
    AlarmFilter, EventFilter, ObservationQuery, ReadingQuery, RejectedFilter, Resolution, Store, StoreOptions,
};
use chengshu_tests::world::{Database, World};

const THEMES: [&str; 2] = ["water", "fire"];
/// A department may be called as the word for everything is.
const DEPARTMENTS: [Option<&str>; 4] = [None, Some("水务局"), Some("应急局"), Some("all")];
const AREAS: [Option<&str>; 12] = [
    None,
    Some("44"),
    Some("4417"),
    Some("441700"),
    Some("441702"),
    Some("441702001"),
    Some("441702000000"),
    Some("441702001005"),
    Some("441704001"),
    Some("城南街道"),
    Some("44170"),
    Some("all"),
];

struct Known {
    id: String,
    theme: &'static str,
    department: Option<&'static str>,
    area: Option<&'static str>,
}

fn devices() -> Vec<Known> {
    let mut all = Vec::new();
    for theme in THEMES {
        for department in DEPARTMENTS {
            for area in AREAS {
                all.push(Known { id: format!("D-{}", all.len() + 1), theme, department, area });
            }
        }
    }
    all
}

/// One of everything for each device; series and short number are the device's number.
const ONE_OF_EACH: &str = "
    INSERT INTO device (id, theme, link, first_seen, department, area)
        SELECT 'D-' || ord, t, 'mqtt:main', now(), d, a FROM (
            SELECT row_number() OVER (ORDER BY i, j, k) AS ord, t, d, a
            FROM unnest(ARRAY['water', 'fire']) WITH ORDINALITY AS ts (t, i),
                 unnest(ARRAY[NULL, '水务局', '应急局', 'all']) WITH ORDINALITY AS ds (d, j),
                 unnest(ARRAY[NULL, '44', '4417', '441700', '441702', '441702001', '441702000000', '441702001005',
                              '441704001', '城南街道', '44170', 'all']) WITH ORDINALITY AS areas (a, k)) AS made
        ORDER BY ord;
    INSERT INTO series (device, metric) SELECT id, 'level' FROM device ORDER BY num;
    INSERT INTO reading SELECT id, to_timestamp(1000), 0, 1, 0 FROM series;
    INSERT INTO rollup_hour SELECT id, to_timestamp(3600), 1, 1, 1, 1, 1, 1 FROM series;
    INSERT INTO rollup_day SELECT id, to_timestamp(86400 * d), 1, d, 1, 1, 1, 1 FROM series, generate_series(1, 3) AS d;
    INSERT INTO event SELECT id, 'k', 'picture', now(), now(), NULL, '{}' FROM device;
    INSERT INTO alarm (id, rule, rule_version, theme, device, metric, severity, worst, raise_limit, clear_limit, value, since, raised_at, raised_received)
        SELECT decode(md5(id), 'hex'), 'water_high', 1, theme, id, 'level', 1, 1, 1, 1, 1, now(), now(), now() FROM device;
    INSERT INTO device_change (device, at, caller, action, changed) SELECT id, now(), 'person:1', 'created', '[]' FROM device;
    INSERT INTO device_photo SELECT id, md5(id), 'image/png', 1, now(), 'person:1' FROM device;
    INSERT INTO command (device, name, params, danger, state, asked, person, expires, due, changed)
        SELECT id, 'read_now', '{}', false, 'queued', now(), 'person:1', now(), now(), now() FROM device ORDER BY num;
    INSERT INTO correction (made, caller, series, at, reason) SELECT now(), 'person:1', id, now(), 'why' FROM series;
    INSERT INTO rejected (received, link, source, device, reason, detail, raw, raw_bytes)
        SELECT now(), 'mqtt:main', 't', id, 'late', '', ''::bytea, 0 FROM device
        UNION ALL SELECT now(), 'mqtt:main', 't', d, 'late', '', '', 0 FROM unnest(ARRAY[NULL, 'nobody']) AS d;
    INSERT INTO ledger_day SELECT '2026-11-22', 'mqtt:main', num, 1, 1, 0, 0 FROM device WHERE num % 2 = 0;
    INSERT INTO ledger_line (link, day, messages, received, device, heard, stored, duplicate, conflict, rejected_device,
                             rejected_reason, rejected)
        SELECT 'mqtt:main', '2026-11-22', 1, 1, ARRAY[num], ARRAY[1], ARRAY[1], ARRAY[0], ARRAY[0], '{}', '{}', '{}'
        FROM device WHERE num % 2 = 1;";

fn scopes() -> Vec<Scope> {
    let all = || Part::All;
    let extent = |themes: Part, departments: Part, areas: Part| Extent::new(themes, departments, areas, Part::All);
    let one = |themes: Part, departments: Part, areas: Part| Scope::of([extent(themes, departments, areas)]);
    let none = || Part::some::<&str>([]);
    let mut scopes = vec![
        Scope::nothing(),
        Scope::themes_only(["water"]),
        Scope::themes_only(["all"]),
        one(all(), Part::some(["水务局"]), all()),
        one(all(), Part::some(["all"]), all()),
        one(all(), all(), Part::some(["all"])),
        one(all(), Part::some(["水务局", "all"]), Part::some(["城南街道"])),
        one(none(), all(), all()),
        one(all(), none(), all()),
        one(all(), all(), none()),
        Scope::of([
            extent(Part::some(["water"]), Part::some(["水务局"]), all()),
            extent(Part::some(["fire"]), Part::some(["应急局"]), Part::some(["441702"])),
        ]),
        // names with what a path or a text of JSON could trip over
        one(all(), Part::some(["\"all\"", "水务局\\", "' OR true --", "$theme"]), all()),
    ];
    let areas = ["44", "4417", "441700", "441702", "441702000000", "441702001", "44170", "城南", "441702001005", "4"];
    scopes.extend(areas.map(|area| one(all(), all(), Part::some([area]))));
    scopes
}

fn ids<'a>(list: impl IntoIterator<Item = &'a String>) -> BTreeSet<String> {
    list.into_iter().cloned().collect()
}

fn of_series(list: impl IntoIterator<Item = i32>) -> BTreeSet<String> {
    list.into_iter().map(|series| format!("D-{series}")).collect()
}

async fn told(store: &Store, scope: &Scope, all: &[Known]) -> Vec<(&'static str, BTreeSet<String>)> {
    let most = 10_000;
    let (from, to) = (Timestamp::from_ms(0), Timestamp::from_ms(10_000_000));
    let series: Vec<i32> = (1..=all.len() as i32).collect();
    let observations = ObservationQuery {
        series: series.clone(),
        from,
        to,
        low: f64::MIN,
        high: f64::MAX,
        descending: true,
        skip: 0,
        limit: 5,
    };
    let alarms = AlarmFilter { limit: most, ..AlarmFilter::default() };
    let events = EventFilter { limit: most, ..EventFilter::default() };
    let alarms = store.alarm_list(scope, &alarms).await.unwrap().alarms;
    let commands = store.command_list(scope, None, None, None, most).await.unwrap();
    let corrections = store.correction_list(scope, None, None, most).await.unwrap();
    let rejected = store.rejected_list(scope, &RejectedFilter::default(), None, most).await.unwrap();
    let ledger = store.ledger_devices(scope, "2026-11-22", None, None, (-1, ""), most).await.unwrap();
    let listed = store.observation_list(scope, &observations).await.unwrap();
    let counted = store.observation_count(scope, &observations, 9).await.unwrap();
    assert_eq!(counted.len(), series.len(), "each keeps its place");
    let counted = series.iter().zip(counted).filter(|(_, count)| *count > 0).map(|(series, _)| *series);
    let hours = store.rollup_hours(scope, &series, from, to, Aggregate::Avg).await.unwrap();
    let slopes = store.rollup_slopes(scope, "level", from).await.unwrap();
    let number = store.reading_count(scope, &series, (from, to), most).await.unwrap();
    let listed = of_series(listed.into_iter().map(|row| row.series));
    assert_eq!(number as usize, listed.len());
    let mut lists = vec![
        ("alarms", alarms.iter().map(|alarm| alarm.device.to_string()).collect()),
        ("events", ids(store.event_list(scope, &events).await.unwrap().iter().map(|row| &row.device))),
        ("commands", ids(commands.iter().map(|command| &command.wanted.device))),
        ("corrections", ids(corrections.iter().map(|row| &row.device))),
        ("rejected", ids(rejected.iter().filter_map(|row| row.device.as_ref()).filter(|id| *id != "nobody"))),
        ("ledger", ids(ledger.iter().filter_map(|row| row.device.as_ref()))),
        ("observations", listed),
        ("counts", of_series(counted)),
        ("hours", of_series(hours.series)),
        ("slopes", of_series(slopes.into_iter().map(|(series, _)| series))),
    ];
    let everything = *scope == Scope::All;
    assert_eq!(rejected.iter().any(|row| row.device.is_none()), everything, "what belongs to nobody");
    let (mut changes, mut photos, mut readings, mut portions, mut commands) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (device, series) in all.iter().zip(series) {
        let note = |list: &mut BTreeSet<String>, there: bool| {
            if there {
                list.insert(device.id.clone());
            }
        };
        note(&mut changes, !store.change_list(scope, &device.id, None, 9).await.unwrap().is_empty());
        note(&mut photos, !store.photo_list(scope, &device.id).await.unwrap().is_empty());
        let resolution = Resolution::Bucket { ms: 3_600_000, aggregate: Aggregate::Max };
        let query = ReadingQuery { series, from, to, resolution, limit: 9, untrue: Vec::new() };
        let bucketed = !store.reading_list(scope, &query).await.unwrap().is_empty();
        let raw = ReadingQuery { resolution: Resolution::Raw, ..query };
        let points = store.reading_list(scope, &raw).await.unwrap();
        assert!(points.iter().all(|point| point.quality == Quality::empty()));
        assert_eq!(bucketed, !points.is_empty(), "{}", device.id);
        note(&mut readings, bucketed);
        note(&mut portions, !store.reading_portion(scope, series, (from, to), 9).await.unwrap().is_empty());
        note(&mut commands, store.command_within(scope, i64::from(series)).await.unwrap().is_some());
    }
    lists.extend([
        ("changes", changes),
        ("photos", photos),
        ("readings", readings),
        ("portions", portions),
        ("command", commands),
    ]);
    lists
}

#[test]
fn every_list_of_the_store_is_what_the_scope_covers_and_nothing_else() {
    let world = World::new().unwrap();
    let database = Database::start(&world).unwrap();
    let options =
        StoreOptions { url: database.url.clone(), owner: None, readers: 4, reader_timeout: Duration::from_secs(20) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let all = devices();
    let _entered = runtime.enter();
    let store = Store::new(&options).unwrap();
    runtime.block_on(store.prepare()).unwrap();
    database.execute(ONE_OF_EACH).unwrap();
    let mut sizes = BTreeSet::new();
    for scope in scopes().into_iter().chain([Scope::All]) {
        let covered = all.iter().filter(|known| {
            scope.covers(&Object { theme: known.theme, department: known.department, area: known.area, camera: None })
        });
        let expected = ids(covered.map(|known| &known.id));
        sizes.insert(expected.len());
        for (list, told) in runtime.block_on(told(&store, &scope, &all)) {
            assert_eq!(told, expected, "{list}, {scope:?}");
        }
    }
    assert!(sizes.len() > 6 && sizes.contains(&0) && sizes.contains(&all.len()), "{sizes:?}");
    runtime.block_on(store.close());
}

#[test]
fn whoever_sees_everything_asks_what_was_asked_before() {
    let world = World::new().unwrap();
    let database = Database::start(&world).unwrap();
    let options =
        StoreOptions { url: database.url.clone(), owner: None, readers: 1, reader_timeout: Duration::from_secs(20) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _entered = runtime.enter();
    let store = Store::new(&options).unwrap();
    runtime.block_on(store.prepare()).unwrap();
    // as the readers' connections are set up
    let plan = |scope: &str| {
        let statement = format!(
            "SET plan_cache_mode = force_custom_plan;
             PREPARE q (text) AS SELECT id FROM alarm WHERE ($1::text IS NULL OR EXISTS (
                 SELECT FROM device AS d WHERE d.id = alarm.device
                 AND scope_covers($1::text::jsonb, d.theme, d.department, d.area))) ORDER BY raised_received DESC, id LIMIT 5;
             EXPLAIN EXECUTE q ({scope})"
        );
        database.lines(statement).unwrap().join("\n")
    };
    let (all, some) = (plan("NULL"), plan("'[]'"));
    assert!(!all.contains("device") && !all.contains("SubPlan") && !all.contains("Filter"), "{all}");
    assert!(some.contains("device") && some.contains("jsonb_path_exists"), "written into the statement: {some}");
    runtime.block_on(store.close());
}
