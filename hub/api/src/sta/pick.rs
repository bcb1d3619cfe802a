//! Lists that the board answers: everything but Observations. A list of all devices is looked through in portions, so
//! that the engine never waits for long.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use chengshu_access::{Object, Scope};
use chengshu_core::model::{Registration, Timestamp};
use chengshu_engine::{Board, BoardState, DeviceSlot};
use chengshu_sta::{Nav, Options, Order, Set, Val, passes};

use super::entity::{Entity, Key};

/// Devices that are looked at while the engine waits.
const PORTION: usize = 2_000;

/// What a list is a list of.
#[derive(Debug, Clone)]
pub(super) enum Source {
    All(Set),
    Of(Key, &'static Nav),
}

/// A page of a list.
#[derive(Debug, Default)]
pub(super) struct Picked {
    pub(super) keys: Vec<Key>,
    /// How many there are in all, when that was asked.
    pub(super) count: Option<usize>,
    /// There are more.
    pub(super) more: bool,
}

/// What is outside of the scope or out of service does not exist.
pub(super) fn visible(scope: &Scope, slot: &DeviceSlot) -> bool {
    slot.device.registration != Registration::Retired && scope.covers(&Object::device(&slot.device))
}

/// True when the filter of `options` holds for an entity. Where it asks for Datastreams of a Thing, it is enough that it
/// holds for one of them.
fn holds(entity: Entity<'_>, options: &Options, several: bool, now: Timestamp) -> bool {
    let Some(filter) = &options.filter else { return true };
    match entity.slot().filter(|slot| several && !slot.series.is_empty()) {
        Some(slot) => slot.series.iter().any(|series| passes(filter, &|path| entity.look(path, Some(series), now))),
        None => passes(filter, &|path| entity.look(path, None, now)),
    }
}

impl Source {
    /// True when every device has to be looked at.
    fn is_wide(&self) -> bool {
        match self {
            Self::All(set) => {
                matches!(set, Set::Things | Set::Locations | Set::FeaturesOfInterest | Set::Datastreams)
            }
            Self::Of(key, nav) => matches!(key, Key::Sensor(..) | Key::Property(..)) && nav.to == Set::Datastreams,
        }
    }

    /// The entities of a wide list that belong to one device.
    fn of_slot<'b>(&self, slot: &'b DeviceSlot, mut take: impl FnMut(Entity<'b>)) {
        let theme = |theme: &str| slot.device.theme.as_str() == theme;
        match self {
            Self::All(Set::Things) => take(Entity::Thing(slot)),
            Self::All(Set::Locations) => slot.device.place.into_iter().for_each(|at| take(Entity::Location(slot, at))),
            Self::All(Set::FeaturesOfInterest) => {
                slot.device.place.into_iter().for_each(|at| take(Entity::Feature(slot, at)));
            }
            Self::All(Set::Datastreams) => slot.series.iter().for_each(|series| take(Entity::Datastream(slot, series))),
            Self::Of(Key::Sensor(of, kind), _) | Self::Of(Key::Property(of, kind, _), _) => {
                if !theme(of.as_str()) || slot.kind.as_ref().map(|kind| &kind.id) != kind.as_ref() {
                    return;
                }
                let wanted = match self {
                    Self::Of(Key::Property(_, _, metric), _) => Some(metric),
                    _ => None,
                };
                let series = slot.series.iter().filter(|series| wanted.is_none_or(|metric| series.metric == *metric));
                series.for_each(|series| take(Entity::Datastream(slot, series)));
            }
            _ => {}
        }
    }

    /// The entities of a list that is not wide.
    fn few<'b>(&'b self, board: &'b BoardState, scope: &Scope) -> Vec<Entity<'b>> {
        let (key, nav) = match self {
            Self::All(Set::Sensors) => return sensors(board, scope),
            Self::All(Set::ObservedProperties) => return properties(board, scope),
            Self::All(_) => return Vec::new(),
            Self::Of(key, nav) => (key, nav),
        };
        let Some(entity) = key.find(board) else { return Vec::new() };
        match (entity, nav.name) {
            (Entity::Thing(slot), "Datastreams") => {
                slot.series.iter().map(|series| Entity::Datastream(slot, series)).collect()
            }
            (entity, nav) => entity.along(nav, None).into_iter().collect(),
        }
    }
}

/// Every kind that is declared, and for each theme what is of no known kind.
pub(super) fn sensors<'b>(board: &'b BoardState, scope: &Scope) -> Vec<Entity<'b>> {
    let themes = board.themes.iter().filter(|theme| scope.covers_theme(theme.id.as_str()));
    let declared =
        themes.flat_map(|theme| theme.kinds.iter().map(move |kind| Entity::Sensor(theme.id.as_str(), Some(kind))));
    let unknown = board.devices().iter().filter(|slot| slot.kind.is_none() && visible(scope, slot));
    let unknown: BTreeSet<&str> = unknown.map(|slot| slot.device.theme.as_str()).collect();
    declared.chain(unknown.into_iter().map(|theme| Entity::Sensor(theme, None))).collect()
}

/// Every metric that is declared, and every other one that some device has sent.
pub(super) fn properties<'b>(board: &'b BoardState, scope: &Scope) -> Vec<Entity<'b>> {
    let mut list = Vec::new();
    for theme in board.themes.iter().filter(|theme| scope.covers_theme(theme.id.as_str())) {
        for kind in &theme.kinds {
            let of = |metric: &'b chengshu_core::model::Metric| {
                Entity::Property(theme.id.as_str(), Some(kind), metric.id.as_str())
            };
            list.extend(kind.metrics.iter().map(of));
        }
    }
    let mut seen = BTreeSet::new();
    for slot in board.devices().iter().filter(|slot| visible(scope, slot)) {
        let kind = slot.kind.as_deref();
        for series in slot.series.iter().filter(|series| kind.is_none_or(|kind| kind.metric(&series.metric).is_none()))
        {
            let (theme, metric) = (slot.device.theme.as_str(), series.metric.as_str());
            if seen.insert((theme, kind.map(|kind| kind.id.as_str()), metric)) {
                list.push(Entity::Property(theme, kind, metric));
            }
        }
    }
    list
}

/// Takes entities one by one, and keeps the page.
struct Taker<'o> {
    options: &'o Options,
    several: bool,
    now: Timestamp,
    seen: usize,
    page: Picked,
    sorted: Vec<(Vec<Val<'static>>, Key)>,
}

impl Taker<'_> {
    fn take(&mut self, entity: Entity<'_>) {
        if !holds(entity, self.options, self.several, self.now) {
            return;
        }
        self.seen += 1;
        if !self.options.order.is_empty() {
            let keys = self.options.order.iter().map(|order| entity.look(&order.by, None, self.now).owned());
            self.sorted.extend(entity.key().map(|key| (keys.collect(), key)));
        } else if self.seen > self.options.skip {
            if self.page.keys.len() < self.options.top {
                self.page.keys.extend(entity.key());
            } else {
                self.page.more = true;
            }
        }
    }

    fn is_full(&self) -> bool {
        self.page.more && !self.options.count && self.options.order.is_empty()
    }

    fn finish(mut self) -> Picked {
        let order = &self.options.order;
        sort(&mut self.sorted, order);
        if !order.is_empty() {
            let (skip, top) = (self.options.skip, self.options.top);
            self.page.more = self.sorted.len() > skip.saturating_add(top);
            self.page.keys = self.sorted.into_iter().skip(skip).take(top).map(|(_, key)| key).collect();
        }
        self.page.count = self.options.count.then_some(self.seen);
        self.page
    }
}

/// Sorts by the values that were looked up for each key; what is equal stays as it was.
pub(super) fn sort(list: &mut [(Vec<Val<'static>>, Key)], order: &[Order]) {
    list.sort_by(|(a, _), (b, _)| {
        let by_key = order.iter().zip(a.iter().zip(b)).map(|(order, (a, b))| {
            let ordering = a.order(b);
            if order.descending { ordering.reverse() } else { ordering }
        });
        by_key.fold(Ordering::Equal, Ordering::then)
    });
}

/// A page of a list that the board answers, in the order of the register unless another one is asked.
pub(super) fn pick(board: &Board, scope: &Scope, source: &Source, options: &Options, now: Timestamp) -> Picked {
    let paths = options.filter.iter().flat_map(|filter| filter.paths());
    let several = paths.flat_map(|path| &path.navs).any(|nav| nav.many && nav.to == Set::Datastreams);
    let mut taker = Taker { options, several, now, seen: 0, page: Picked::default(), sorted: Vec::new() };
    if !source.is_wide() {
        board.read(|board| source.few(board, scope).into_iter().for_each(|entity| taker.take(entity)));
        return taker.finish();
    }
    each_visible(board, scope, |slot| {
        source.of_slot(slot, |entity| taker.take(entity));
        taker.is_full()
    });
    taker.finish()
}

/// Looks at devices in portions, until `look` says that it is enough.
pub(super) fn each_visible(board: &Board, scope: &Scope, mut look: impl FnMut(&DeviceSlot) -> bool) {
    let mut from = 0;
    loop {
        let done = board.read(|board| {
            let slots = board.devices().get(from..).unwrap_or_default();
            let mut portion = slots.iter().take(PORTION).filter(|slot| visible(scope, slot));
            portion.any(&mut look) || slots.len() <= PORTION
        });
        if done {
            return;
        }
        from += PORTION;
    }
}
