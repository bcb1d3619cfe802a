//! Which devices: one set of filters for lists, exports and whatever else goes over the register.

use chengshu_access::{Object, Scope};
use chengshu_core::model::{DeviceState, Registration};
use chengshu_engine::{BoardState, DeviceSlot};
use chengshu_sheet::Format;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::params::page;
use crate::problem::Problem;

/// Filters; all that are given must hold.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DeviceQuery {
    /// Only those of this theme.
    pub(crate) theme: Option<String>,
    /// Only those of this kind.
    pub(crate) kind: Option<String>,
    /// Only those in this state.
    pub(crate) state: Option<StateWord>,
    /// Only those that this department answers for.
    pub(crate) department: Option<String>,
    /// Only those of this area.
    pub(crate) area: Option<String>,
    /// Only those of this group.
    pub(crate) group: Option<String>,
    /// Only those behind this gateway.
    pub(crate) gateway: Option<String>,
    /// Only those of this maker.
    pub(crate) vendor: Option<String>,
    /// Only those with this tag.
    pub(crate) tag: Option<String>,
    /// Without it all but the retired.
    pub(crate) registration: Option<RegistrationWord>,
    /// Part of the id, the name or the serial number, in any case.
    pub(crate) q: Option<String>,
    /// Only these, separated by commas, in this order and without pages.
    pub(crate) devices: Option<String>,
    /// At most this many, 1 to 20000; default 1000 (lists only).
    #[schemars(range(min = 1, max = 20_000))]
    pub(crate) limit: Option<u32>,
    /// The `next` of the page before (lists only).
    pub(crate) after: Option<String>,
    /// csv (default), geojson or xlsx (exports only).
    pub(crate) format: Option<TableWord>,
}

/// A page of devices, and the `next` of it.
pub(crate) type DeviceSlots<'a> = (Vec<&'a DeviceSlot>, Option<&'a str>);

/// What can be said of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum StateWord {
    Live,
    Stale,
    Offline,
    Never,
}

/// How it came into the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RegistrationWord {
    Registered,
    Accepted,
    Pending,
    Retired,
}

/// The format of a table of devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TableWord {
    Csv,
    Geojson,
    Xlsx,
}

impl StateWord {
    fn means(self, state: DeviceState) -> bool {
        match self {
            Self::Live => state == DeviceState::Live,
            Self::Stale => state == DeviceState::Stale,
            Self::Offline => state == DeviceState::Offline,
            Self::Never => state == DeviceState::Never,
        }
    }
}

impl RegistrationWord {
    fn means(self, registration: Registration) -> bool {
        match self {
            Self::Registered => registration == Registration::Registered,
            Self::Accepted => registration == Registration::Accepted,
            Self::Pending => registration == Registration::Pending,
            Self::Retired => registration == Registration::Retired,
        }
    }
}

impl TableWord {
    /// As the tables' own crate calls it, and the ending of the file.
    pub(crate) fn format(self) -> (Format, &'static str) {
        match self {
            Self::Csv => (Format::Csv, "csv"),
            Self::Geojson => (Format::Geojson, "geojson"),
            Self::Xlsx => (Format::Xlsx, "xlsx"),
        }
    }
}

impl DeviceQuery {
    /// `q` becomes lower case; one of blanks only asks nothing.
    pub(crate) fn plain(mut self) -> Self {
        self.q = self.q.map(|q| q.trim().to_lowercase()).filter(|q| !q.is_empty());
        self
    }

    /// All that are meant: in the order of the register, or as they are named.
    pub(crate) fn all<'a>(&'a self, scope: &'a Scope, board: &'a BoardState) -> Vec<&'a DeviceSlot> {
        match &self.devices {
            Some(ids) => {
                let named = ids.split(',').filter_map(|id| board.device(id.trim()));
                named.filter(|slot| self.takes(scope, slot)).collect()
            }
            None => board.devices().iter().filter(|slot| self.takes(scope, slot)).collect(),
        }
    }

    /// The page that is asked for, and where the next one begins.
    pub(crate) fn page<'a>(&'a self, scope: &'a Scope, board: &'a BoardState) -> Result<DeviceSlots<'a>, Problem> {
        let limit = page(self.limit, 1_000, 20_000)?;
        if self.devices.is_some() {
            let mut named = self.all(scope, board);
            named.truncate(limit);
            return Ok((named, None));
        }
        let start = match self.after.as_deref() {
            None => 0,
            Some(id) => {
                let is_last =
                    |slot: &DeviceSlot| slot.device.id.as_str() == id && scope.covers(&Object::device(&slot.device));
                let last = board.devices().iter().position(is_last);
                let unknown =
                    || Problem::bad_request(format!("query: after is {id:?}; expected the `next` of the page before"));
                last.ok_or_else(unknown)? + 1
            }
        };
        let meant = board.devices()[start..].iter().filter(|slot| self.takes(scope, slot));
        let mut slots: Vec<&DeviceSlot> = meant.take(limit + 1).collect();
        let more = slots.len() > limit;
        slots.truncate(limit);
        let next = slots.last().filter(|_| more).map(|slot| slot.device.id.as_str());
        Ok((slots, next))
    }

    /// True when a device is meant.
    pub(crate) fn takes(&self, scope: &Scope, slot: &DeviceSlot) -> bool {
        let device = &slot.device;
        let is =
            |wanted: &Option<String>, has: Option<&str>| wanted.as_deref().is_none_or(|wanted| has == Some(wanted));
        let details = device.details.as_deref();
        let registration = match self.registration {
            Some(wanted) => wanted.means(device.registration),
            None => device.registration != Registration::Retired,
        };
        let among = |wanted: &Option<String>, list: Option<&Vec<String>>| {
            wanted.as_ref().is_none_or(|wanted| list.is_some_and(|list| list.contains(wanted)))
        };
        registration
            && scope.covers(&Object::device(device))
            && is(&self.theme, Some(device.theme.as_str()))
            && is(&self.kind, device.kind.as_ref().map(chengshu_core::model::KindId::as_str))
            && self.state.is_none_or(|wanted| wanted.means(slot.state))
            && is(&self.gateway, device.gateway.as_ref().map(chengshu_core::model::DeviceId::as_str))
            && is(&self.department, details.and_then(|details| details.department.as_deref()))
            && is(&self.area, details.and_then(|details| details.area.as_deref()))
            && is(&self.vendor, details.and_then(|details| details.vendor.as_deref()))
            && among(&self.group, details.map(|details| &details.groups))
            && among(&self.tag, details.map(|details| &details.tags))
            && self.q.as_deref().is_none_or(|q| {
                let serial = details.and_then(|details| details.serial.as_deref());
                let mut texts = [Some(device.id.as_str()), device.name.as_deref(), serial].into_iter().flatten();
                texts.any(|text| text.to_lowercase().contains(q))
            })
    }
}
