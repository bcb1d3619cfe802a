//! Alarms and their transitions. Both are inserted so that a retry changes nothing: identities are hashes of what
//! they are about.

use std::collections::HashSet;

use chengshu_access::Scope;
use chengshu_core::model::{
    Alarm, AlarmId, Crossing, DeviceId, MetricId, RuleId, Severity, ThemeId, Timestamp, Transition,
};

use crate::pg::PgTime;
use crate::{Batch, Store, StoreError, scope};

/// Which alarms.
#[derive(Debug, Clone, Default)]
pub struct AlarmFilter {
    /// Only those that are (or are not) active.
    pub active: Option<bool>,
    /// Only those of a theme.
    pub theme: Option<ThemeId>,
    /// Only those of a device.
    pub device: Option<String>,
    /// Only those raised (hub time) since.
    pub since: Option<Timestamp>,
    /// Only those after this place of the list, newest first: hub time of the raise, and identity.
    pub after: Option<(Timestamp, AlarmId)>,
    /// At most this many.
    pub limit: i64,
}

/// A page of alarms and where the next one begins.
#[derive(Debug, Clone)]
pub struct AlarmPage {
    /// Newest first.
    pub alarms: Vec<Alarm>,
    /// The place of the last one, when there may be more.
    pub next: Option<(Timestamp, AlarmId)>,
}

struct Row {
    id: Vec<u8>,
    rule: String,
    rule_version: i32,
    theme: String,
    device: String,
    metric: Option<String>,
    severity: i16,
    worst: i16,
    since: PgTime,
    raise_limit: f64,
    clear_limit: f64,
    value: f64,
    raised_at: PgTime,
    raised_received: PgTime,
    cleared_at: Option<PgTime>,
    cleared_value: Option<f64>,
}

impl Row {
    /// None when a stored name is no longer valid: one such row must not hide the others.
    fn alarm(self) -> Option<Alarm> {
        Some(Alarm {
            id: AlarmId(self.id.try_into().ok()?),
            rule: RuleId::parse(&self.rule).ok()?,
            rule_version: self.rule_version,
            theme: ThemeId::parse(&self.theme).ok()?,
            device: DeviceId::parse(&self.device).ok()?,
            metric: self.metric.map(|metric| MetricId::parse(&metric)).transpose().ok()?,
            severity: Severity::from_rank(self.severity)?,
            worst: Severity::from_rank(self.worst)?,
            since: self.since.0,
            limit: self.raise_limit,
            clear: self.clear_limit,
            value: self.value,
            raised_at: self.raised_at.0,
            raised_received: self.raised_received.0,
            cleared_at: self.cleared_at.map(|at| at.0),
            cleared_value: self.cleared_value,
        })
    }
}

impl Batch {
    /// Keeps transitions, and the alarms that they are about as these stand afterwards. Alarms that are over are written
    /// first: another one of the same rule and device may have been raised in the same batch.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn alarms_put(&mut self, transitions: &[Transition], alarms: &[Alarm]) -> Result<(), StoreError> {
        self.transitions_add(transitions).await?;
        self.alarms_change(alarms).await?;
        let raised = |transition: &&Transition| transition.crossing == Crossing::Raised;
        let raised: HashSet<AlarmId> = transitions.iter().filter(raised).map(|transition| transition.alarm).collect();
        let new: Vec<&Alarm> = alarms.iter().filter(|alarm| raised.contains(&alarm.id)).collect();
        self.alarms_raise(&new).await
    }

    async fn transitions_add(&mut self, transitions: &[Transition]) -> Result<(), StoreError> {
        if transitions.is_empty() {
            return Ok(());
        }
        let column = |of: fn(&Transition) -> f64| transitions.iter().map(of).collect::<Vec<f64>>();
        let moment =
            |of: fn(&Transition) -> Timestamp| transitions.iter().map(|one| PgTime(of(one))).collect::<Vec<_>>();
        sqlx::query!(
            "INSERT INTO transition (id, alarm, crossing, at, received, value, severity, raise_limit, clear_limit, since)
             SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::int2[], $4::timestamptz[], $5::timestamptz[], $6::float8[],
                                  $7::int2[], $8::float8[], $9::float8[], $10::timestamptz[])
             ON CONFLICT DO NOTHING",
            &transitions.iter().map(|one| one.id.0.as_slice()).collect::<Vec<_>>() as _,
            &transitions.iter().map(|one| one.alarm.0.as_slice()).collect::<Vec<_>>() as _,
            &transitions.iter().map(|one| rank(one.crossing)).collect::<Vec<i16>>(),
            &moment(|one| one.at) as _,
            &moment(|one| one.received) as _,
            &column(|one| one.value),
            &transitions.iter().map(|one| one.severity as i16).collect::<Vec<i16>>(),
            &column(|one| one.limit.raise),
            &column(|one| one.limit.clear),
            &moment(|one| one.since) as _,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    async fn alarms_change(&mut self, alarms: &[Alarm]) -> Result<(), StoreError> {
        if alarms.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            r#"UPDATE alarm SET severity = new.severity, worst = new.worst, raise_limit = new.raise_limit,
                      clear_limit = new.clear_limit, cleared_at = new.cleared_at, cleared_value = new.cleared_value
               FROM unnest($1::bytea[], $2::int2[], $3::int2[], $4::float8[], $5::float8[], $6::timestamptz[], $7::float8[])
                    AS new (id, severity, worst, raise_limit, clear_limit, cleared_at, cleared_value)
               WHERE alarm.id = new.id AND alarm.cleared_at IS NULL"#,
            &alarms.iter().map(|alarm| alarm.id.0.as_slice()).collect::<Vec<_>>() as _,
            &alarms.iter().map(|alarm| alarm.severity as i16).collect::<Vec<i16>>(),
            &alarms.iter().map(|alarm| alarm.worst as i16).collect::<Vec<i16>>(),
            &alarms.iter().map(|alarm| alarm.limit).collect::<Vec<f64>>(),
            &alarms.iter().map(|alarm| alarm.clear).collect::<Vec<f64>>(),
            &alarms.iter().map(|alarm| alarm.cleared_at.map(PgTime)).collect::<Vec<_>>() as _,
            &alarms.iter().map(|alarm| alarm.cleared_value).collect::<Vec<_>>() as _,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    async fn alarms_raise(&mut self, alarms: &[&Alarm]) -> Result<(), StoreError> {
        if alarms.is_empty() {
            return Ok(());
        }
        let text = |of: fn(&Alarm) -> &str| alarms.iter().map(|alarm| of(alarm).to_owned()).collect::<Vec<String>>();
        let column = |of: fn(&Alarm) -> f64| alarms.iter().map(|alarm| of(alarm)).collect::<Vec<f64>>();
        let moment = |of: fn(&Alarm) -> Timestamp| alarms.iter().map(|one| PgTime(of(one))).collect::<Vec<_>>();
        sqlx::query!(
            "INSERT INTO alarm (id, rule, rule_version, theme, device, metric, severity, worst, raise_limit, clear_limit,
                                value, since, raised_at, raised_received, cleared_at, cleared_value)
             SELECT * FROM unnest($1::bytea[], $2::text[], $3::int4[], $4::text[], $5::text[], $6::text[], $7::int2[],
                                  $8::int2[], $9::float8[], $10::float8[], $11::float8[], $12::timestamptz[],
                                  $13::timestamptz[], $14::timestamptz[], $15::timestamptz[], $16::float8[])
             ON CONFLICT DO NOTHING",
            &alarms.iter().map(|alarm| alarm.id.0.as_slice()).collect::<Vec<_>>() as _,
            &text(|alarm| alarm.rule.as_str()),
            &alarms.iter().map(|alarm| alarm.rule_version).collect::<Vec<i32>>(),
            &text(|alarm| alarm.theme.as_str()),
            &text(|alarm| alarm.device.as_str()),
            &alarms.iter().map(|alarm| alarm.metric.as_ref().map(ToString::to_string)).collect::<Vec<_>>() as _,
            &alarms.iter().map(|alarm| alarm.severity as i16).collect::<Vec<i16>>(),
            &alarms.iter().map(|alarm| alarm.worst as i16).collect::<Vec<i16>>(),
            &column(|alarm| alarm.limit),
            &column(|alarm| alarm.clear),
            &column(|alarm| alarm.value),
            &moment(|alarm| alarm.since) as _,
            &moment(|alarm| alarm.raised_at) as _,
            &moment(|alarm| alarm.raised_received) as _,
            &alarms.iter().map(|alarm| alarm.cleared_at.map(PgTime)).collect::<Vec<_>>() as _,
            &alarms.iter().map(|alarm| alarm.cleared_value).collect::<Vec<_>>() as _,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Ends alarms whose rule no longer concerns their device. There is no value of return.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn alarm_withdraw(&mut self, alarms: &[AlarmId], now: Timestamp) -> Result<(), StoreError> {
        let ids: Vec<&[u8]> = alarms.iter().map(|id| id.0.as_slice()).collect();
        sqlx::query!(
            "WITH gone AS (UPDATE alarm SET cleared_at = $2 WHERE id = ANY($1) AND cleared_at IS NULL RETURNING *)
             INSERT INTO transition (id, alarm, crossing, at, received, severity, raise_limit, clear_limit, since)
             SELECT sha256(id || 'withdrawn'::bytea), id, 5, $2, $2, severity, raise_limit, clear_limit, $2 FROM gone
             ON CONFLICT DO NOTHING",
            &ids as _,
            PgTime(now) as _,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Keeps what readings that came too late would have raised and cleared.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn retrospect_add(&mut self, transitions: &[Transition]) -> Result<(), StoreError> {
        if transitions.is_empty() {
            return Ok(());
        }
        let text =
            |of: fn(&Transition) -> &str| transitions.iter().map(|one| of(one).to_owned()).collect::<Vec<String>>();
        sqlx::query!(
            "INSERT INTO retrospect (id, alarm, crossing, rule, rule_version, device, severity, raise_limit, at, received, value)
             SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::int2[], $4::text[], $5::int4[], $6::text[], $7::int2[],
                                  $8::float8[], $9::timestamptz[], $10::timestamptz[], $11::float8[])
             ON CONFLICT DO NOTHING",
            &transitions.iter().map(|one| one.id.0.as_slice()).collect::<Vec<_>>() as _,
            &transitions.iter().map(|one| one.alarm.0.as_slice()).collect::<Vec<_>>() as _,
            &transitions.iter().map(|one| rank(one.crossing)).collect::<Vec<i16>>(),
            &text(|one| one.rule.as_str()),
            &transitions.iter().map(|one| one.rule_version).collect::<Vec<i32>>(),
            &text(|one| one.device.as_str()),
            &transitions.iter().map(|one| one.severity as i16).collect::<Vec<i16>>(),
            &transitions.iter().map(|one| one.limit.raise).collect::<Vec<f64>>(),
            &transitions.iter().map(|one| PgTime(one.at)).collect::<Vec<_>>() as _,
            &transitions.iter().map(|one| PgTime(one.received)).collect::<Vec<_>>() as _,
            &transitions.iter().map(|one| one.value).collect::<Vec<f64>>(),
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}

/// How the database writes it.
const fn rank(crossing: Crossing) -> i16 {
    match crossing {
        Crossing::Raised => 1,
        Crossing::Cleared => 2,
        Crossing::Worsened => 3,
        Crossing::Eased => 4,
    }
}

impl Store {
    /// Every active alarm, for the engine at its start.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn alarm_active(&self) -> Result<Vec<Alarm>, StoreError> {
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT id, rule, rule_version, theme, device, metric, severity, worst, since AS "since: PgTime",
                      raise_limit, clear_limit, value, raised_at AS "raised_at: PgTime", raised_received AS "raised_received: PgTime",
                      cleared_at AS "cleared_at: PgTime", cleared_value
               FROM alarm WHERE cleared_at IS NULL"#
        )
        .fetch_all(&self.writers())
        .await?;
        Ok(rows.into_iter().filter_map(Row::alarm).collect())
    }

    /// Alarms by identity, in no order; for whoever tells of them.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn alarm_get(&self, ids: &[AlarmId]) -> Result<Vec<Alarm>, StoreError> {
        let ids: Vec<&[u8]> = ids.iter().map(|id| id.0.as_slice()).collect();
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT id, rule, rule_version, theme, device, metric, severity, worst, since AS "since: PgTime",
                      raise_limit, clear_limit, value, raised_at AS "raised_at: PgTime", raised_received AS "raised_received: PgTime",
                      cleared_at AS "cleared_at: PgTime", cleared_value
               FROM alarm WHERE id = ANY($1)"#,
            &ids as _,
        )
        .fetch_all(&self.writers())
        .await?;
        Ok(rows.into_iter().filter_map(Row::alarm).collect())
    }

    /// A page of alarms, newest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn alarm_list(&self, scope: &Scope, filter: &AlarmFilter) -> Result<AlarmPage, StoreError> {
        let (after_at, after_id) = filter.after.map(|(at, id)| (PgTime(at), id.0.to_vec())).unzip();
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT id, rule, rule_version, theme, device, metric, severity, worst, since AS "since: PgTime",
                      raise_limit, clear_limit, value, raised_at AS "raised_at: PgTime", raised_received AS "raised_received: PgTime",
                      cleared_at AS "cleared_at: PgTime", cleared_value
               FROM alarm
               WHERE ($1::bool IS NULL OR (cleared_at IS NULL) = $1) AND ($2::text IS NULL OR theme = $2)
                 AND ($3::timestamptz IS NULL OR raised_received >= $3)
                 AND ($4::timestamptz IS NULL OR raised_received < $4 OR (raised_received = $4 AND id > $5))
                 AND ($7::text IS NULL OR device = $7)
                 AND ($8::text IS NULL OR EXISTS (SELECT FROM device AS d WHERE d.id = alarm.device
                        AND scope_covers($8::text::jsonb, d.theme, d.department, d.area)))
               ORDER BY raised_received DESC, id LIMIT $6"#,
            filter.active,
            filter.theme.as_ref().map(ThemeId::as_str),
            filter.since.map(PgTime) as _,
            after_at as _,
            after_id,
            filter.limit,
            filter.device,
            scope::json(scope),
        )
        .fetch_all(&self.readers())
        .await?;
        let full = rows.len() as i64 == filter.limit;
        let alarms: Vec<Alarm> = rows.into_iter().filter_map(Row::alarm).collect();
        let next = alarms.last().filter(|_| full).map(|alarm| (alarm.raised_received, alarm.id));
        Ok(AlarmPage { alarms, next })
    }
}
