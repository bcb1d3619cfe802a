//! Which devices: one set of filters for lists, exports and whatever else goes over the register.

use chengshu_access::Scope;
use chengshu_core::model::Registration;
use chengshu_engine::DeviceSlot;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::problem::Problem;

/// Filters; all that are given must hold.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DeviceQuery {
    /// Only those of this theme.
    pub(crate) theme: Option<String>,
    /// Only those of this kind.
    pub(crate) kind: Option<String>,
    /// Only those in this state: live, stale, offline or never.
    pub(crate) state: Option<String>,
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
    /// Only registered, accepted, pending or retired ones; without it all but the retired.
    pub(crate) registration: Option<String>,
    /// Part of the id, the name or the serial number, in any case.
    pub(crate) q: Option<String>,
    /// At most this many, 1 to 20000; default 1000 (lists only).
    pub(crate) limit: Option<u32>,
    /// The `next` of the page before (lists only).
    pub(crate) after: Option<String>,
    /// csv (default), geojson or xlsx (exports only).
    pub(crate) format: Option<String>,
}

fn one_of(what: &str, word: Option<&str>, words: &[&str]) -> Result<(), Problem> {
    match word.filter(|word| !words.contains(word)) {
        Some(word) => {
            Err(Problem::bad_request(format!("query: {what} is {word:?}; expected one of {}", words.join(", "))))
        }
        None => Ok(()),
    }
}

impl DeviceQuery {
    /// Refuses words that mean nothing; `q` becomes lower case.
    pub(crate) fn checked(mut self) -> Result<Self, Problem> {
        one_of("state", self.state.as_deref(), &["live", "stale", "offline", "never"])?;
        let registrations = ["registered", "accepted", "pending", "retired"];
        one_of("registration", self.registration.as_deref(), &registrations)?;
        self.q = self.q.map(|q| q.trim().to_lowercase()).filter(|q| !q.is_empty());
        Ok(self)
    }

    /// True when a device is meant.
    pub(crate) fn takes(&self, scope: &Scope, slot: &DeviceSlot) -> bool {
        let device = &slot.device;
        let is =
            |wanted: &Option<String>, has: Option<&str>| wanted.as_deref().is_none_or(|wanted| has == Some(wanted));
        let details = device.details.as_deref();
        let registration = match &self.registration {
            Some(wanted) => device.registration.word() == wanted,
            None => device.registration != Registration::Retired,
        };
        let among = |wanted: &Option<String>, list: Option<&Vec<String>>| {
            wanted.as_ref().is_none_or(|wanted| list.is_some_and(|list| list.contains(wanted)))
        };
        registration
            && scope.covers_theme(device.theme.as_str())
            && is(&self.theme, Some(device.theme.as_str()))
            && is(&self.kind, device.kind.as_ref().map(chengshu_core::model::KindId::as_str))
            && is(&self.state, Some(slot.state.word()))
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
