//! A question being answered: pages, and what is to be shown with each entity. Lists within lists are made level by
//! level, so that the Observations of a level are one question to the database, and all of it is bounded.

use std::sync::atomic::{AtomicUsize, Ordering};

use chengshu_access::Scope;
use chengshu_core::model::{DeviceId, Timestamp};
use chengshu_sta::{Expand, Options, Set};
use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};

use super::entity::Key;
use super::observations;
use super::pick::{Source, each_visible, pick};
use super::render::{self, Links};
use crate::app::App;
use crate::problem::Problem;

/// Entities in one answer, all levels together.
const ENTITIES: usize = 20_000;
/// Lists of Datastreams of a Sensor or an ObservedProperty in one answer: each looks through the whole register.
const WIDE: usize = 100;

/// A question and what its answer may use.
pub(super) struct Ask<'a> {
    pub(super) app: &'a App,
    pub(super) scope: &'a Scope,
    pub(super) links: Links,
    pub(super) now: Timestamp,
    spent: AtomicUsize,
}

/// A page of any list.
pub(super) struct Page {
    pub(super) keys: Vec<Key>,
    pub(super) count: Option<i64>,
    pub(super) next: Option<String>,
}

/// An entity on its way into an answer.
pub(super) struct Item {
    key: Key,
    pub(super) map: Map<String, Value>,
}

impl<'a> Ask<'a> {
    pub(super) fn new(app: &'a App, scope: &'a Scope, links: Links) -> Self {
        Self { app, scope, links, now: app.clock.now(), spent: AtomicUsize::new(0) }
    }

    /// Which device has a series: a walk through the register, which takes about a millisecond for 100,000 devices.
    pub(super) fn device_of(&self, series: i32) -> Option<DeviceId> {
        let mut found = None;
        each_visible(&self.app.board, self.scope, |slot| {
            found = slot.series.iter().any(|known| known.id == series).then(|| slot.device.id.clone());
            found.is_some()
        });
        found
    }

    /// A page of a list; `base` is its address.
    pub(super) async fn page(&self, source: &Source, options: &Options, base: &str) -> Result<Page, Problem> {
        let observed = match source {
            Source::All(set) => *set == Set::Observations,
            Source::Of(_, nav) => nav.to == Set::Observations,
        };
        if observed {
            let page = observations::page(self, source, options).await?;
            let next = page.next.map(|begin| Links::next(base, options, &begin));
            return Ok(Page { keys: page.keys, count: page.count, next });
        }
        Ok(self.picked(source, options, base))
    }

    fn picked(&self, source: &Source, options: &Options, base: &str) -> Page {
        let picked = pick(&self.app.board, self.scope, source, options, self.now);
        let begin = || vec![("$skip", options.skip.saturating_add(options.top).to_string())];
        let next = (picked.more && options.top > 0).then(|| Links::next(base, options, &begin()));
        Page { keys: picked.keys, count: picked.count.map(|count| count as i64), next }
    }

    /// Entities with what their options want to be shown with them.
    pub(super) async fn items(&self, keys: Vec<Key>, options: &Options) -> Result<Vec<Item>, Problem> {
        let mut items = self.bare(keys, options)?;
        self.expand(&mut items, &options.expand).await?;
        Ok(items)
    }

    fn bare(&self, keys: Vec<Key>, options: &Options) -> Result<Vec<Item>, Problem> {
        if self.spent.fetch_add(keys.len(), Ordering::Relaxed) + keys.len() > ENTITIES {
            return Err(Problem::bad_request(format!(
                "$expand: the answer would hold more than {ENTITIES} entities; expected a smaller $top, here or within $expand"
            )));
        }
        Ok(self.app.board.read(|board| {
            let item = |key: Key| {
                let map = render::entity(key.find(board)?, &key, options, &self.links, self.now);
                Some(Item { key, map })
            };
            keys.into_iter().filter_map(item).collect()
        }))
    }

    fn expand<'s>(&'s self, items: &'s mut [Item], expands: &'s [Expand]) -> BoxFuture<'s, Result<(), Problem>> {
        Box::pin(async move {
            for expand in expands {
                let pages = self.within(items, expand).await?;
                // all levels below are made for all lists of this level together
                let lengths: Vec<usize> = pages.iter().map(|page| page.keys.len()).collect();
                let (mut keys, mut ends) = (Vec::new(), Vec::new());
                for page in pages {
                    keys.extend(page.keys);
                    ends.push((page.count, page.next));
                }
                let mut below = self.bare(keys, &expand.options)?;
                if below.len() != lengths.iter().sum::<usize>() {
                    return Err(Problem::unavailable("the register changed meanwhile; ask again"));
                }
                self.expand(&mut below, &expand.options.expand).await?;
                let mut below = below.into_iter().map(|item| Value::Object(item.map));
                for ((item, length), (count, next)) in items.iter_mut().zip(lengths).zip(ends) {
                    let list: Vec<Value> = below.by_ref().take(length).collect();
                    attach(&mut item.map, expand, list, count, next);
                }
            }
            Ok(())
        })
    }

    /// The lists along one way from each entity.
    async fn within(&self, items: &[Item], expand: &Expand) -> Result<Vec<Page>, Problem> {
        let (nav, options) = (expand.nav, &expand.options);
        let base = |key: &Key| format!("{}/{}", self.links.entity(key), nav.name);
        if !nav.many {
            // conditions and orders mean nothing where there is one
            let one = |item: &Item| {
                let key = self.app.board.read(|board| item.key.find(board)?.along(nav.name, None)?.key());
                Page { keys: key.into_iter().collect(), count: None, next: None }
            };
            return Ok(items.iter().map(one).collect());
        }
        if nav.to != Set::Observations {
            let wide = items.iter().any(|item| matches!(item.key, Key::Sensor(..) | Key::Property(..)));
            if wide && items.len() > WIDE {
                let text =
                    format!("$expand: Datastreams of {} entities; expected {WIDE} at most, by $top", items.len());
                return Err(Problem::bad_request(text));
            }
            let page = |item: &Item| self.picked(&Source::Of(item.key.clone(), nav), options, &base(&item.key));
            return Ok(items.iter().map(page).collect());
        }
        let series = |item: &Item| match &item.key {
            Key::Datastream(device, id) => Some((device.clone(), *id)),
            _ => None,
        };
        let Some(series) = items.iter().map(series).collect::<Option<Vec<_>>>() else {
            return Err(Problem::bad_request(
                "$expand: Observations of FeaturesOfInterest; expected Datastreams($expand=Observations) of Things",
            ));
        };
        let pages = observations::lists(self, series, options).await?;
        let page = |(item, page): (&Item, observations::Page)| {
            let next = page.next.map(|begin| Links::next(&base(&item.key), options, &begin));
            Page { keys: page.keys, count: page.count, next }
        };
        Ok(items.iter().zip(pages).map(page).collect())
    }
}

fn attach(map: &mut Map<String, Value>, expand: &Expand, list: Vec<Value>, count: Option<i64>, next: Option<String>) {
    let name = expand.nav.name;
    if !expand.nav.many {
        map.insert(name.to_owned(), list.into_iter().next().unwrap_or(Value::Null));
        return;
    }
    map.insert(name.to_owned(), Value::Array(list));
    if let Some(count) = count {
        map.insert(format!("{name}@iot.count"), json!(count));
    }
    if let Some(next) = next {
        map.insert(format!("{name}@iot.nextLink"), json!(next));
    }
}
