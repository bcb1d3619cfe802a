//! Where an address leads: step by step from a set to an entity, each step within the scope.

use chengshu_core::model::{DeviceId, KindId, MetricId, ThemeId};
use chengshu_sta::{Address, Hop, Nav, Set};

use super::answer::Ask;
use super::entity::{Entity, Key};
use super::observations;
use super::pick::{Source, properties, sensors, visible};
use crate::problem::Problem;

/// What stands at an address.
pub(super) enum Found {
    Many(Source),
    One(Key),
}

fn missing(hop: &Hop) -> Problem {
    match &hop.id {
        Some(id) => Problem::not_found(format!("there are no {} with the id {id:?} here", hop.to.name())),
        None => Problem::not_found(format!("there is no {} here", hop.nav.map_or(hop.to.name(), |nav| nav.name))),
    }
}

impl Ask<'_> {
    /// What stands at an address.
    pub(super) async fn find(&self, address: &Address) -> Result<Found, Problem> {
        let mut here: Option<Key> = None;
        for hop in &address.hops {
            let next = match (&here, hop.nav, &hop.id) {
                (None, _, None) => return Ok(Found::Many(Source::All(hop.to))),
                (Some(key), Some(nav), None) if nav.many => return Ok(Found::Many(Source::Of(key.clone(), nav))),
                (Some(key), Some(nav), None) => {
                    self.app.board.read(|board| key.find(board)?.along(nav.name, None)?.key())
                }
                (before, nav, Some(id)) => {
                    let found = self.entity(hop.to, id).await?;
                    found.filter(|key| {
                        before.as_ref().is_none_or(|before| nav.is_some_and(|nav| self.leads(before, nav, key)))
                    })
                }
                (Some(_), None, None) => None,
            };
            here = Some(next.ok_or_else(|| missing(hop))?);
        }
        here.map(Found::One).ok_or_else(|| Problem::not_found("no such address"))
    }

    /// The entity of an id, where it exists for this caller.
    async fn entity(&self, set: Set, id: &str) -> Result<Option<Key>, Problem> {
        let device = || {
            let device = DeviceId::parse(id).ok()?;
            let there = self.app.board.read(|board| {
                board.device(id).filter(|slot| visible(self.scope, slot)).map(|slot| slot.device.place.is_some())
            });
            Some((device, there?))
        };
        Ok(match set {
            Set::Things => device().map(|(device, _)| Key::Thing(device)),
            Set::Locations => device().filter(|(_, placed)| *placed).map(|(device, _)| Key::Location(device)),
            Set::FeaturesOfInterest => device().filter(|(_, placed)| *placed).map(|(device, _)| Key::Feature(device)),
            Set::Datastreams => {
                id.parse().ok().and_then(|series| Some(Key::Datastream(self.device_of(series)?, series)))
            }
            Set::Sensors | Set::ObservedProperties => self.declared(id).filter(|key| key.set() == set),
            Set::Observations => observations::one(self, id).await?,
            Set::HistoricalLocations => None,
        })
    }

    /// A Sensor `{theme}~{kind}` or an ObservedProperty `{theme}~{kind}~{metric}`; without a kind: of no known one.
    fn declared(&self, id: &str) -> Option<Key> {
        let mut parts = id.split('~');
        let theme = ThemeId::parse(parts.next()?).ok()?;
        let kind = match parts.next()? {
            "" => None,
            kind => Some(KindId::parse(kind).ok()?),
        };
        let key = match parts.next() {
            None => Key::Sensor(theme, kind),
            Some(metric) => Key::Property(theme, kind, MetricId::parse(metric).ok()?),
        };
        let there = self.app.board.read(|board| {
            let list = match key {
                Key::Sensor(..) => sensors(board, self.scope),
                _ => properties(board, self.scope),
            };
            list.iter().any(|entity| entity.key().as_ref() == Some(&key))
        });
        (there && parts.next().is_none()).then_some(key)
    }

    /// True when a way to several entities leads from one to the other.
    fn leads(&self, from: &Key, nav: &'static Nav, to: &Key) -> bool {
        match (from, to) {
            (Key::Thing(a), Key::Datastream(b, _) | Key::Location(b)) => a == b,
            (Key::Location(a), Key::Thing(b)) | (Key::Feature(a), Key::Observation(b, _)) => a == b,
            (Key::Datastream(_, series), Key::Observation(_, row)) => *series == row.series,
            (Key::Sensor(..) | Key::Property(..), Key::Datastream(..)) => self.app.board.read(|board| {
                let back = if matches!(from, Key::Sensor(..)) { "Sensor" } else { "ObservedProperty" };
                let entity = to.find(board).and_then(|stream| stream.along(back, None));
                nav.to == Set::Datastreams && entity.as_ref().and_then(Entity::key).as_ref() == Some(from)
            }),
            _ => false,
        }
    }
}
