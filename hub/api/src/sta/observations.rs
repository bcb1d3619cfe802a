//! Lists of Observations: the only ones that ask the database. Spans of time and of value are answered there; what else a
//! filter says of single readings is looked at here, in a bounded number of them, and a next link goes on where that ended.

use std::cmp::Ordering;

use chengshu_core::model::{DeviceId, Quality, Timestamp};
use chengshu_engine::{BoardState, DeviceSlot, SeriesSlot};
use chengshu_sta::{Expr, ID, Options, Split, Val, passes, split};
use chengshu_store::{ObservationQuery, ObservationRow};
use rustc_hash::{FxHashMap, FxHashSet};

use super::answer::Ask;
use super::entity::{Entity, Key};
use super::pick::{Source, each_visible};
use crate::problem::Problem;

/// Datastreams that one list may draw from.
const SERIES_MAX: usize = 5_000;
/// Readings that one question may fetch to merge those of several Datastreams.
const ROWS: i64 = 50_000;
/// Readings that are looked at here for what the database cannot answer.
const LOOKS: i64 = 20_000;
/// Readings that are counted.
const COUNT_MAX: i64 = 1_000_000;

/// A page of Observations, and where the next one begins.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) keys: Vec<Key>,
    pub(super) count: Option<i64>,
    pub(super) next: Option<Vec<(&'static str, String)>>,
}

type Series = (DeviceId, i32);

/// True for the newest first. None when the order is not that of time, which one Datastream's identities follow too.
fn by_time(options: &Options, alone: bool) -> Option<bool> {
    let Some(first) = options.order.first() else { return Some(true) };
    let near = first.by.navs.is_empty();
    let time = near && first.by.property == "phenomenonTime" && (alone || options.order.len() == 1);
    (time || (near && alone && first.by.property == ID)).then_some(first.descending)
}

fn token(at: Timestamp, series: i32) -> (&'static str, String) {
    ("$skiptoken", format!("{}~{series}", at.ms()))
}

fn question(series: &[Series], split: &Split<'_>, descending: bool) -> ObservationQuery {
    let bounds = split.bounds;
    let series = series.iter().map(|(_, id)| *id).collect();
    let (from, to, low, high) = (bounds.from, bounds.to, bounds.low, bounds.high);
    ObservationQuery { series, from, to, low, high, descending, skip: 0, limit: 0 }
}

/// Whether the conditions on the Datastream hold; they need no reading.
fn chosen(slot: &DeviceSlot, series: &SeriesSlot, split: &Split<'_>, now: Timestamp) -> bool {
    let row = ObservationRow { series: series.id, at: now, received: now, value: 0.0, quality: Quality::empty() };
    let entity = Entity::Observation(slot, series, row);
    split.series.iter().all(|expr| passes(expr, &|path| entity.look(path, None, now)))
}

/// The Datastreams that a list draws from.
fn series_of(ask: &Ask<'_>, source: &Source, split: &Split<'_>) -> Result<Vec<Series>, Problem> {
    let mut list = Vec::new();
    let mut gather = |slot: &DeviceSlot, wanted: Option<i32>| {
        let series = slot.series.iter().filter(|series| wanted.is_none_or(|id| series.id == id));
        let series = series.filter(|series| chosen(slot, series, split, ask.now));
        list.extend(series.map(|series| (slot.device.id.clone(), series.id)));
        list.len() > SERIES_MAX
    };
    match source {
        Source::Of(Key::Datastream(device, id), _) => ask.app.board.read(|board| {
            board.device(device.as_str()).map(|slot| gather(slot, Some(*id)));
        }),
        Source::Of(Key::Feature(device), _) => ask.app.board.read(|board| {
            board.device(device.as_str()).map(|slot| gather(slot, None));
        }),
        _ => each_visible(&ask.app.board, ask.scope, |slot| gather(slot, None)),
    }
    if list.len() > SERIES_MAX {
        return Err(Problem::bad_request(format!(
            "Observations: more than {SERIES_MAX} Datastreams are meant; expected those of one, as in \
             Datastreams(1)/Observations, or a $filter such as Datastream/Thing/@iot.id eq 'W-1' (latest values of all \
             devices: /api/v1/latest)"
        )));
    }
    Ok(list)
}

/// A reading as an entity, while the board has its device.
fn entity_passes(board: &BoardState, key: &Key, rest: &[&Expr], now: Timestamp) -> bool {
    rest.is_empty()
        || key
            .find(board)
            .is_some_and(|entity| rest.iter().all(|expr| passes(expr, &|path| entity.look(path, None, now))))
}

/// A list of Observations.
pub(super) async fn page(ask: &Ask<'_>, source: &Source, options: &Options) -> Result<Page, Problem> {
    let split = split(options.filter.as_ref());
    let series = series_of(ask, source, &split)?;
    if series.is_empty() {
        return Ok(Page { count: options.count.then_some(0), ..Page::default() });
    }
    let order = by_time(options, series.len() == 1);
    let mut sorted = None;
    if order.is_none() || (options.count && !split.rest.is_empty()) {
        sorted = Some(all(ask, &series, &split).await?);
    }
    let count = match &sorted {
        _ if !options.count => None,
        Some(keys) => Some(keys.len() as i64),
        None => Some(count(ask, &question(&series, &split, true)).await?.into_iter().sum()),
    };
    if count.is_some_and(|count| count > COUNT_MAX) {
        return Err(uncounted());
    }
    let page = match (order, sorted) {
        (None, Some(keys)) => in_order(ask, keys, options),
        (order, _) => timely(ask, &series, &split, options, order.unwrap_or(true)).await?,
    };
    Ok(Page { count, ..page })
}

fn uncounted() -> Problem {
    Problem::bad_request(format!(
        "$count: there are more than {COUNT_MAX} Observations; expected a narrower $filter, e.g. by phenomenonTime"
    ))
}

async fn count(ask: &Ask<'_>, query: &ObservationQuery) -> Result<Vec<i64>, Problem> {
    Ok(ask.app.store.observation_count(ask.scope, query, COUNT_MAX + 1).await?)
}

/// The newest or the oldest first, those of several Datastreams merged.
async fn timely(
    ask: &Ask<'_>,
    series: &[Series],
    split: &Split<'_>,
    options: &Options,
    descending: bool,
) -> Result<Page, Problem> {
    let mut query = question(series, split, descending);
    if let Some((at, _)) = options.after {
        if descending { query.to = query.to.min(at) } else { query.from = query.from.max(at) }
    }
    let number = series.len() as i64;
    let (top, mut skip) = (options.top, options.skip);
    // one that a next link has shown already, and one that tells whether there are more
    let ahead = top as i64 + 1 + i64::from(options.after.is_some());
    if number == 1 && split.rest.is_empty() && options.after.is_none() {
        (query.skip, query.limit, skip) = (skip as i64, ahead, 0);
    } else if split.rest.is_empty() {
        query.limit = ahead + skip as i64;
    } else {
        query.limit = (LOOKS / number).max(2);
    }
    if query.limit.saturating_mul(number) > ROWS {
        return Err(Problem::bad_request(format!(
            "Observations: {number} Datastreams with $top and $skip of {} would fetch more than {ROWS}; expected a smaller \
             $top or $skip, or a $filter by Datastream/… (next links need no $skip)",
            top + options.skip
        )));
    }
    let mut rows = ask.app.store.observation_list(ask.scope, &query).await?;
    let before = |a: Timestamp, b: Timestamp| if descending { b.cmp(&a) } else { a.cmp(&b) };
    // where a Datastream has more than was fetched, nothing is known beyond its last reading
    let mut fetched: FxHashMap<i32, (i64, Timestamp)> = FxHashMap::default();
    for row in &rows {
        let entry = fetched.entry(row.series).or_insert((0, row.at));
        *entry = (entry.0 + 1, row.at);
    }
    let cut = fetched.values().filter(|(number, _)| *number == query.limit).map(|(_, at)| *at);
    let frontier = cut.min_by(|a, b| before(*a, *b));
    rows.sort_by(|a, b| before(a.at, b.at).then(a.series.cmp(&b.series)));
    let devices: FxHashMap<i32, &DeviceId> = series.iter().map(|(device, id)| (*id, device)).collect();
    let shown = |row: &ObservationRow| options.after.is_some_and(|(at, last)| row.at == at && row.series <= last);
    let known = |row: &ObservationRow| frontier.is_none_or(|frontier| before(row.at, frontier) != Ordering::Greater);
    let mut page = Page::default();
    let mut more = false;
    ask.app.board.read(|board| {
        for row in rows.iter().filter(|row| !shown(row) && known(row)) {
            let Some(device) = devices.get(&row.series) else { continue };
            let key = Key::Observation((*device).clone(), *row);
            if !entity_passes(board, &key, &split.rest, ask.now) {
                continue;
            }
            if skip > 0 {
                skip -= 1;
            } else if page.keys.len() == top {
                more = true;
                break;
            } else {
                page.keys.push(key);
            }
        }
    });
    page.next = match (page.keys.last(), frontier) {
        _ if top == 0 => None,
        (Some(Key::Observation(_, row)), _) if more => Some(vec![token(row.at, row.series)]),
        (_, Some(frontier)) if !more => {
            let rest = (skip > 0).then(|| ("$skip", skip.to_string()));
            Some([token(frontier, i32::MAX)].into_iter().chain(rest).collect())
        }
        _ => None,
    };
    Ok(page)
}

/// All that a filter means, which must not be many: what another order than that of time needs, and some counts.
async fn all(ask: &Ask<'_>, series: &[Series], split: &Split<'_>) -> Result<Vec<Key>, Problem> {
    let mut query = question(series, split, true);
    query.limit = LOOKS + 1;
    let counts = ask.app.store.observation_count(ask.scope, &query, LOOKS + 1).await?;
    if counts.into_iter().sum::<i64>() > LOOKS {
        return Err(Problem::bad_request(format!(
            "Observations: to sort by anything but phenomenonTime, or to count by conditions that are not joined bounds of \
             phenomenonTime and result, at most {LOOKS} are looked at; expected a narrower $filter, e.g. by phenomenonTime"
        )));
    }
    let rows = ask.app.store.observation_list(ask.scope, &query).await?;
    let devices: FxHashMap<i32, &DeviceId> = series.iter().map(|(device, id)| (*id, device)).collect();
    let key = |row: ObservationRow| Some(Key::Observation((*devices.get(&row.series)?).clone(), row));
    let mut keys: Vec<Key> = rows.into_iter().filter_map(key).collect();
    ask.app.board.read(|board| keys.retain(|key| entity_passes(board, key, &split.rest, ask.now)));
    Ok(keys)
}

fn in_order(ask: &Ask<'_>, keys: Vec<Key>, options: &Options) -> Page {
    let mut sorted: Vec<(Vec<Val<'static>>, Key)> = ask.app.board.read(|board| {
        let values = |key: &Key| {
            let entity = key.find(board);
            let look = |path| entity.map_or(Val::Null, |entity| entity.look(path, None, ask.now).owned());
            options.order.iter().map(|order| look(&order.by)).collect()
        };
        keys.into_iter().map(|key| (values(&key), key)).collect()
    });
    super::pick::sort(&mut sorted, &options.order);
    let end = options.skip.saturating_add(options.top);
    let more = sorted.len() > end && options.top > 0;
    let keys = sorted.into_iter().skip(options.skip).take(options.top).map(|(_, key)| key).collect();
    Page { keys, count: None, next: more.then(|| vec![("$skip", end.to_string())]) }
}

/// The lists of several Datastreams, each with its own page: one question for all of them.
pub(super) async fn lists(ask: &Ask<'_>, series: Vec<Series>, options: &Options) -> Result<Vec<Page>, Problem> {
    let split = split(options.filter.as_ref());
    let Some(descending) = by_time(options, true).filter(|_| split.rest.is_empty()) else {
        return Err(Problem::bad_request(
            "$expand: Observations within others are ordered by phenomenonTime only and filtered by joined bounds of \
             phenomenonTime and result; expected that, or the question Datastreams(1)/Observations",
        ));
    };
    let wanted: Vec<Series> = ask.app.board.read(|board| {
        let fits = |(device, id): &&Series| {
            let slot = board.device(device.as_str());
            let found = slot.and_then(|slot| Some((slot, slot.series.iter().find(|series| series.id == *id)?)));
            found.is_some_and(|(slot, series)| chosen(slot, series, &split, ask.now))
        };
        // a Datastream may be there several times, within several others
        let mut seen = FxHashSet::default();
        series.iter().filter(|(_, id)| seen.insert(*id)).filter(fits).cloned().collect()
    });
    let mut query = question(&wanted, &split, descending);
    (query.skip, query.limit) = (options.skip as i64, options.top as i64 + 1);
    if query.limit.saturating_mul(wanted.len() as i64) > ROWS {
        return Err(Problem::bad_request(format!(
            "$expand: Observations of {} Datastreams with $top of {} are more than {ROWS}; expected a smaller $top",
            wanted.len(),
            options.top
        )));
    }
    let rows = ask.app.store.observation_list(ask.scope, &query).await?;
    let counts = if options.count { count(ask, &query).await? } else { Vec::new() };
    let counts: FxHashMap<i32, i64> = wanted.iter().map(|(_, id)| *id).zip(counts).collect();
    if counts.values().any(|count| *count > COUNT_MAX) {
        return Err(uncounted());
    }
    let mut by_series: FxHashMap<i32, Vec<ObservationRow>> = FxHashMap::default();
    for row in rows {
        by_series.entry(row.series).or_default().push(row);
    }
    let page = |(device, id): Series| {
        let mut rows = by_series.get(&id).cloned().unwrap_or_default();
        let more = rows.len() > options.top && options.top > 0;
        rows.truncate(options.top);
        let next = rows.last().filter(|_| more).map(|last| vec![token(last.at, id)]);
        let keys = rows.into_iter().map(|row| Key::Observation(device.clone(), row)).collect();
        Page { keys, count: options.count.then(|| counts.get(&id).copied().unwrap_or(0)), next }
    };
    Ok(series.into_iter().map(page).collect())
}

/// The Observation `{series}-{ms}`, where there is one.
pub(super) async fn one(ask: &Ask<'_>, id: &str) -> Result<Option<Key>, Problem> {
    let parts = id.split_once('-').and_then(|(series, at)| Some((series.parse().ok()?, at.parse().ok()?)));
    let Some((series, at)) = parts.map(|(series, ms)| (series, Timestamp::from_ms(ms))) else { return Ok(None) };
    let Some(device) = ask.device_of(series) else { return Ok(None) };
    let list = [(device.clone(), series)];
    let mut query = question(&list, &split(None), true);
    (query.from, query.to, query.limit) = (at, at, 1);
    let rows = ask.app.store.observation_list(ask.scope, &query).await?;
    // what lies beyond all calendars is bounded by the store
    Ok(rows.first().filter(|row| row.at == at).map(|row| Key::Observation(device, *row)))
}
