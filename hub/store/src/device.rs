//! The register and its series. A series is one metric of one device; readings carry its int4.

use std::sync::Arc;

use chengshu_core::model::{
    Day, Details, Device, DeviceId, KindId, LinkId, MetricId, Place, Presence, Registration, ThemeId, Timestamp,
};

use crate::pg::PgTime;
use crate::{Batch, Store, StoreError};

/// A series to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSeries {
    /// Of which device.
    pub device: DeviceId,
    /// Which metric.
    pub metric: MetricId,
}

/// A series that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesRow {
    /// What readings carry.
    pub id: i32,
    /// Of which device.
    pub device: DeviceId,
    /// Which metric.
    pub metric: MetricId,
}

/// A register entry with its last word on its presence.
#[derive(Debug, Clone)]
pub struct StoredDevice {
    /// The entry; `last_heard` is the moment of registration here, the latest values know better.
    pub device: Device,
    /// Its short number, for arrays.
    pub num: i32,
    /// When it last spoke of its presence.
    pub online_at: Option<Timestamp>,
    /// How often it speaks, learned; ms.
    pub habit_ms: Option<i32>,
}

/// Names in the database were checked when they were written; one that no longer passes is left out, not fatal.
fn skip_bad<T>(parsed: Result<T, chengshu_core::model::BadName>) -> Option<T> {
    parsed.inspect_err(|error| tracing::warn!(%error, "a stored name is not valid; its row is left out")).ok()
}

/// Register entries as columns, the shape in which they travel to the database.
#[derive(Default)]
struct DeviceRows<'a> {
    id: Vec<&'a str>,
    theme: Vec<&'a str>,
    kind: Vec<Option<&'a str>>,
    kind_assumed: Vec<bool>,
    name: Vec<Option<&'a str>>,
    lng: Vec<Option<f64>>,
    lat: Vec<Option<f64>>,
    link: Vec<&'a str>,
    first_seen: Vec<PgTime>,
    gateway: Vec<Option<&'a str>>,
    registration: Vec<&'static str>,
    version: Vec<i32>,
    department: Vec<Option<&'a str>>,
    area: Vec<Option<&'a str>>,
    groups: Vec<String>,
    vendor: Vec<Option<&'a str>>,
    model: Vec<Option<&'a str>>,
    serial: Vec<Option<&'a str>>,
    installed: Vec<Option<&'a str>>,
    warranty_until: Vec<Option<&'a str>>,
    contact: Vec<Option<&'a str>>,
    tags: Vec<String>,
}

/// Between the words of a list on its way to the database, where arrays of arrays must be rectangular.
const SEPARATOR: &str = "\u{1f}";

impl<'a> DeviceRows<'a> {
    fn push(&mut self, device: &'a Device) {
        self.id.push(device.id.as_str());
        self.theme.push(device.theme.as_str());
        self.kind.push(device.kind.as_ref().map(KindId::as_str));
        self.kind_assumed.push(device.kind_assumed);
        self.name.push(device.name.as_deref());
        self.lng.push(device.place.map(|place| place.lng));
        self.lat.push(device.place.map(|place| place.lat));
        self.link.push(device.link.as_str());
        self.first_seen.push(PgTime(device.first_seen));
        self.gateway.push(device.gateway.as_ref().map(DeviceId::as_str));
        self.registration.push(device.registration.word());
        self.version.push(device.version);
        let details = device.details.as_deref();
        let text = |field: fn(&Details) -> &Option<String>| details.and_then(|details| field(details).as_deref());
        let day = |field: fn(&Details) -> &Option<Day>| details.and_then(|details| field(details).as_ref());
        let list = |field: fn(&Details) -> &Vec<String>| details.map_or_else(String::new, |d| field(d).join(SEPARATOR));
        self.department.push(text(|details| &details.department));
        self.area.push(text(|details| &details.area));
        self.groups.push(list(|details| &details.groups));
        self.vendor.push(text(|details| &details.vendor));
        self.model.push(text(|details| &details.model));
        self.serial.push(text(|details| &details.serial));
        self.installed.push(day(|details| &details.installed).map(Day::as_str));
        self.warranty_until.push(day(|details| &details.warranty_until).map(Day::as_str));
        self.contact.push(text(|details| &details.contact));
        self.tags.push(list(|details| &details.tags));
    }
}

impl Store {
    /// Keeps what was learned of the habits of devices: short number, ms between two words.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn habit_put(&self, habits: &[(i32, i32)]) -> Result<(), StoreError> {
        let (num, habit): (Vec<i32>, Vec<i32>) = habits.iter().copied().unzip();
        sqlx::query!(
            "UPDATE device SET habit_ms = h.habit FROM unnest($1::int4[], $2::int4[]) AS h (num, habit)
             WHERE device.num = h.num",
            &num,
            &habit,
        )
        .execute(&self.writers())
        .await?;
        Ok(())
    }

    /// The whole register.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn device_all(&self) -> Result<Vec<StoredDevice>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT id, theme, kind, kind_assumed, name, lng, lat, link, first_seen AS "first_seen: PgTime",
                      online, online_at AS "online_at: PgTime", num, gateway, habit_ms, registration, version, department,
                      area, groups, vendor, model, serial, installed::text, warranty_until::text, contact, tags
               FROM device"#
        )
        .fetch_all(&self.writers())
        .await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                let day = |text: Option<String>| text.and_then(|text| Day::parse(&text));
                let details = Details {
                    department: row.department,
                    area: row.area,
                    groups: row.groups,
                    vendor: row.vendor,
                    model: row.model,
                    serial: row.serial,
                    installed: day(row.installed),
                    warranty_until: day(row.warranty_until),
                    contact: row.contact,
                    tags: row.tags,
                };
                Some(StoredDevice {
                    device: Device {
                        id: skip_bad(DeviceId::parse(&row.id))?,
                        theme: skip_bad(ThemeId::parse(&row.theme))?,
                        kind: row.kind.and_then(|kind| skip_bad(KindId::parse(&kind))),
                        kind_assumed: row.kind_assumed,
                        name: row.name,
                        place: row.lng.zip(row.lat).and_then(|(lng, lat)| Place::new(lng, lat)),
                        gateway: row.gateway.and_then(|gateway| skip_bad(DeviceId::parse(&gateway))),
                        link: skip_bad(LinkId::parse(&row.link))?,
                        first_seen: row.first_seen.0,
                        last_heard: row.first_seen.0,
                        online: row.online,
                        registration: Registration::of(&row.registration).unwrap_or_default(),
                        version: row.version,
                        details: (details != Details::default()).then(|| Arc::new(details)),
                    },
                    num: row.num,
                    online_at: row.online_at.map(|at| at.0),
                    habit_ms: row.habit_ms,
                })
            })
            .collect())
    }

    /// All series.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn series_all(&self) -> Result<Vec<SeriesRow>, StoreError> {
        let rows = sqlx::query!("SELECT id, device, metric FROM series ORDER BY id").fetch_all(&self.writers()).await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                Some(SeriesRow {
                    id: row.id,
                    device: skip_bad(DeviceId::parse(&row.device))?,
                    metric: skip_bad(MetricId::parse(&row.metric))?,
                })
            })
            .collect())
    }
}

impl Batch {
    /// Registers devices, or brings what they say of themselves up to date, in one statement. Answers with their names
    /// and short numbers.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn device_put<'a>(
        &mut self,
        devices: impl Iterator<Item = &'a Device>,
    ) -> Result<Vec<(String, i32)>, StoreError> {
        let mut columns = DeviceRows::default();
        devices.for_each(|device| columns.push(device));
        let rows = sqlx::query!(
            "INSERT INTO device (id, theme, kind, kind_assumed, name, lng, lat, link, first_seen, gateway, registration,
                                 version, department, area, groups, vendor, model, serial, installed, warranty_until,
                                 contact, tags)
             SELECT id, theme, kind, kind_assumed, name, lng, lat, link, first_seen, gateway, registration, version,
                    department, area, coalesce(string_to_array(nullif(groups, ''), E'\x1f'), '{}'), vendor, model, serial,
                    installed::date, warranty_until::date, contact,
                    coalesce(string_to_array(nullif(tags, ''), E'\x1f'), '{}')
             FROM unnest($1::text[], $2::text[], $3::text[], $4::bool[], $5::text[], $6::float8[], $7::float8[],
                         $8::text[], $9::timestamptz[], $10::text[], $11::text[], $12::int4[], $13::text[], $14::text[],
                         $15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[],
                         $22::text[])
               AS d (id, theme, kind, kind_assumed, name, lng, lat, link, first_seen, gateway, registration, version,
                     department, area, groups, vendor, model, serial, installed, warranty_until, contact, tags)
             ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, kind_assumed = excluded.kind_assumed,
               name = excluded.name, lng = excluded.lng, lat = excluded.lat, link = excluded.link,
               gateway = excluded.gateway, registration = excluded.registration, version = excluded.version,
               department = excluded.department, area = excluded.area, groups = excluded.groups,
               vendor = excluded.vendor, model = excluded.model, serial = excluded.serial,
               installed = excluded.installed, warranty_until = excluded.warranty_until, contact = excluded.contact,
               tags = excluded.tags
             RETURNING id, num",
            &columns.id as _,
            &columns.theme as _,
            &columns.kind as _,
            &columns.kind_assumed as _,
            &columns.name as _,
            &columns.lng as _,
            &columns.lat as _,
            &columns.link as _,
            &columns.first_seen as _,
            &columns.gateway as _,
            &columns.registration as _,
            &columns.version,
            &columns.department as _,
            &columns.area as _,
            &columns.groups,
            &columns.vendor as _,
            &columns.model as _,
            &columns.serial as _,
            &columns.installed as _,
            &columns.warranty_until as _,
            &columns.contact as _,
            &columns.tags,
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows.into_iter().map(|row| (row.id, row.num)).collect())
    }

    /// Keeps a device's word on its presence.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn presence_put(&mut self, presence: &Presence, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE device SET online = $2, online_at = $3 WHERE id = $1",
            presence.device.as_str(),
            presence.online,
            PgTime(at) as _,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Makes series; answers with their numbers in the same order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn series_add(&mut self, new: &[NewSeries]) -> Result<Vec<i32>, StoreError> {
        let devices: Vec<&str> = new.iter().map(|series| series.device.as_str()).collect();
        let metrics: Vec<&str> = new.iter().map(|series| series.metric.as_str()).collect();
        sqlx::query!(
            "INSERT INTO series (device, metric) SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING",
            &devices as _,
            &metrics as _,
        )
        .execute(&mut *self.tx)
        .await?;
        let ids = sqlx::query_scalar!(
            r#"SELECT series.id AS "id!" FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted (device, metric, n)
               JOIN series USING (device, metric) ORDER BY n"#,
            &devices as _,
            &metrics as _,
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(ids)
    }
}
