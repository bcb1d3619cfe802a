//! An entry as people send it, and everything that can be wrong with it, told field by field.

use std::sync::Arc;

use chengshu_core::model::{Datum, Day, Details, DeviceId, Entry, Kind, Place, Theme};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::contact;

/// Characters in a text at most.
const TEXT_MAX: usize = 200;
/// Groups or tags at most.
const LIST_MAX: usize = 50;

/// What people know of a device. What is left out is empty. Shown, the contact is masked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct EntryBody {
    /// Its name for people.
    pub(crate) name: Option<String>,
    /// Its kind in the theme; left out: what it was taken for.
    pub(crate) kind: Option<String>,
    /// Who answers for it.
    pub(crate) department: Option<String>,
    /// Where it belongs: a street, a town, a grid.
    pub(crate) area: Option<String>,
    /// Further groups.
    pub(crate) groups: Vec<String>,
    /// Where it stands.
    pub(crate) place: Option<PlaceBody>,
    /// The gateway that it speaks through.
    pub(crate) gateway: Option<String>,
    /// Who made it.
    pub(crate) vendor: Option<String>,
    /// The maker's name of its type.
    pub(crate) model: Option<String>,
    /// The maker's number of it.
    pub(crate) serial: Option<String>,
    /// When it was installed, YYYY-MM-DD.
    pub(crate) installed: Option<String>,
    /// Until when its maker answers for it, YYYY-MM-DD.
    pub(crate) warranty_until: Option<String>,
    /// Whom to call; shown masked (张*, 138****5678). Sent back as it is shown it stays what it is.
    pub(crate) contact: Option<String>,
    /// Words to find it by.
    pub(crate) tags: Vec<String>,
}

/// A place as it is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlaceBody {
    /// Longitude east, degrees.
    pub(crate) lng: f64,
    /// Latitude north, degrees.
    pub(crate) lat: f64,
    /// cgcs2000 (default), wgs84, gcj02 or bd09; stored as cgcs2000.
    #[serde(default)]
    pub(crate) datum: Option<String>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct FieldError {
    /// Which field.
    pub(crate) field: &'static str,
    /// What was read.
    pub(crate) read: String,
    /// What would be right.
    pub(crate) expected: String,
}

impl From<&Entry> for EntryBody {
    fn from(entry: &Entry) -> Self {
        let details = entry.details.clone();
        Self {
            name: entry.name.clone(),
            kind: entry.kind.as_ref().map(ToString::to_string),
            department: details.department,
            area: details.area,
            groups: details.groups,
            place: entry.place.map(|Place { lng, lat, .. }| PlaceBody { lng, lat, datum: Some("cgcs2000".to_owned()) }),
            gateway: entry.gateway.as_ref().map(ToString::to_string),
            vendor: details.vendor,
            model: details.model,
            serial: details.serial,
            installed: details.installed.map(|day| day.as_str().to_owned()),
            warranty_until: details.warranty_until.map(|day| day.as_str().to_owned()),
            contact: details.contact.map(contact::masked),
            tags: details.tags,
        }
    }
}

impl EntryBody {
    /// The entry, or everything that is wrong with it.
    pub(crate) fn check(self, device: &DeviceId, theme: &Theme) -> Result<Entry, Vec<FieldError>> {
        let mut errors = Errors(Vec::new());
        let kind = errors.filled(self.kind).and_then(|kind| {
            // clerks write 雨量站 where a program writes rain_gauge
            let is = |of: &Kind| of.id.as_str() == kind || of.name.zh == kind || of.name.en.eq_ignore_ascii_case(&kind);
            let known = theme.kinds.iter().find(|of| is(of)).map(|of| of.id.clone());
            let name = |of: &Arc<Kind>| format!("{} ({})", of.id, of.name.zh);
            let kinds = || theme.kinds.iter().map(name).collect::<Vec<_>>().join(", ");
            errors.want("kind", known, &kind, || format!("a kind of theme {}: {}", theme.id, kinds()))
        });
        let gateway = errors.filled(self.gateway).and_then(|gateway| {
            let known = DeviceId::parse(&gateway).ok().filter(|id| id != device);
            errors.want("gateway", known, &gateway, || "the id of another device".to_owned())
        });
        let place = self.place.and_then(|place| errors.place(&place));
        let entry = Entry {
            name: errors.text("name", self.name),
            kind,
            place,
            gateway,
            details: Details {
                department: errors.text("department", self.department),
                area: errors.text("area", self.area),
                groups: errors.list("groups", self.groups),
                vendor: errors.text("vendor", self.vendor),
                model: errors.text("model", self.model),
                serial: errors.text("serial", self.serial),
                installed: errors.day("installed", self.installed),
                warranty_until: errors.day("warranty_until", self.warranty_until),
                contact: errors.text("contact", self.contact),
                tags: errors.list("tags", self.tags),
            },
        };
        if errors.0.is_empty() { Ok(entry) } else { Err(errors.0) }
    }
}

struct Errors(Vec<FieldError>);

impl Errors {
    fn filled(&self, text: Option<String>) -> Option<String> {
        text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn want<T>(
        &mut self,
        field: &'static str,
        value: Option<T>,
        read: &str,
        expected: impl FnOnce() -> String,
    ) -> Option<T> {
        if value.is_none() {
            let read = if field == "contact" { contact::masked(read.to_owned()) } else { read.to_owned() };
            let read = read.chars().take(80).collect();
            self.0.push(FieldError { field, read, expected: expected() });
        }
        value
    }

    fn text(&mut self, field: &'static str, text: Option<String>) -> Option<String> {
        let text = self.filled(text)?;
        let good = text.chars().count() <= TEXT_MAX && !text.chars().any(char::is_control);
        self.want(field, good.then_some(()), &text, || format!("at most {TEXT_MAX} characters, none of them control"))
            .map(|()| text)
    }

    fn list(&mut self, field: &'static str, list: Vec<String>) -> Vec<String> {
        if list.len() > LIST_MAX {
            let read = format!("{} items", list.len());
            self.0.push(FieldError { field, read, expected: format!("at most {LIST_MAX}") });
            return Vec::new();
        }
        let mut seen = Vec::new();
        for text in list {
            if let Some(text) = self.text(field, Some(text)).filter(|text| !seen.contains(text)) {
                seen.push(text);
            }
        }
        seen
    }

    fn day(&mut self, field: &'static str, text: Option<String>) -> Option<Day> {
        let text = self.filled(text)?;
        let day = Day::parse(&text.replace('/', "-"));
        self.want(field, day, &text, || "a day as YYYY-MM-DD".to_owned())
    }

    fn place(&mut self, place: &PlaceBody) -> Option<Place> {
        let word = place.datum.as_deref().map(str::trim).filter(|word| !word.is_empty()).unwrap_or("cgcs2000");
        let datum = self.want("datum", Datum::of(word), word, || Datum::WORDS.to_owned())?;
        let (lng, lat) = datum.to_cgcs2000(place.lng, place.lat);
        let read = format!("{}, {}", place.lng, place.lat);
        let hint = if place.lng.abs() <= 90.0 && place.lat.abs() > 90.0 { "; they look swapped" } else { "" };
        self.want("place", Place::new(lng, lat), &read, || {
            format!("longitude -180 to 180 and latitude -90 to 90{hint}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_told_at_once() {
        let theme = chengshu_core::model::Theme {
            id: chengshu_core::model::ThemeId::parse("water").unwrap(),
            ..crate::register::device::tests::theme()
        };
        let body = EntryBody {
            kind: Some("rivers".into()),
            installed: Some("2026-02-30".into()),
            place: Some(PlaceBody { lng: 21.8, lat: 111.9, datum: None }),
            gateway: Some("W-1".into()),
            name: Some("x".repeat(201)),
            tags: vec!["a".into(), " a ".into(), "b".into()],
            ..EntryBody::default()
        };
        let errors = body.check(&DeviceId::parse("W-1").unwrap(), &theme).unwrap_err();
        let fields: Vec<_> = errors.iter().map(|error| error.field).collect();
        assert_eq!(fields, ["kind", "gateway", "place", "name", "installed"]);
        assert!(errors[0].expected.contains("gauge") && errors[2].expected.contains("swapped"), "{errors:?}");
        let good = EntryBody { installed: Some("2026/02/03".into()), name: Some("  ".into()), ..EntryBody::default() };
        let entry = good.check(&DeviceId::parse("W-1").unwrap(), &theme).unwrap();
        assert_eq!((entry.name, entry.details.installed.unwrap().as_str()), (None, "2026-02-03"));
    }
}
