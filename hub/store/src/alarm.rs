//! Alarms and their transitions. Both are inserted so that a retry changes nothing: identities are hashes of what
//! they are about.

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
    metric: String,
    severity: i16,
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
            metric: MetricId::parse(&self.metric).ok()?,
            severity: Severity::from_rank(self.severity)?,
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
    /// Keeps a transition; `alarm` is what it raised, and none when it cleared one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn transition_add(&mut self, transition: &Transition, alarm: Option<&Alarm>) -> Result<(), StoreError> {
        let crossing: i16 = match transition.crossing {
            Crossing::Raised => 1,
            Crossing::Cleared => 2,
        };
        sqlx::query!(
            "INSERT INTO transition (id, alarm, crossing, at, received, value) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT DO NOTHING",
            transition.id.0.as_slice(),
            transition.alarm.0.as_slice(),
            crossing,
            PgTime(transition.at) as _,
            PgTime(transition.received) as _,
            transition.value,
        )
        .execute(&mut *self.tx)
        .await?;
        match alarm {
            Some(alarm) => self.alarm_raise(alarm).await,
            None => self.alarm_clear(transition).await,
        }
    }

    /// Ends alarms whose rule no longer concerns their device. There is no value of return.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn alarm_withdraw(&mut self, alarms: &[AlarmId], now: Timestamp) -> Result<(), StoreError> {
        let ids: Vec<&[u8]> = alarms.iter().map(|id| id.0.as_slice()).collect();
        sqlx::query!(
            "UPDATE alarm SET cleared_at = $2 WHERE id = ANY($1) AND cleared_at IS NULL",
            &ids as _,
            PgTime(now) as _,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    async fn alarm_raise(&mut self, alarm: &Alarm) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO alarm (id, rule, rule_version, theme, device, metric, severity, raise_limit, clear_limit,
                                value, raised_at, raised_received)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING",
            alarm.id.0.as_slice(),
            alarm.rule.as_str(),
            alarm.rule_version,
            alarm.theme.as_str(),
            alarm.device.as_str(),
            alarm.metric.as_str(),
            alarm.severity as i16,
            alarm.limit,
            alarm.clear,
            alarm.value,
            PgTime(alarm.raised_at) as _,
            PgTime(alarm.raised_received) as _,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    async fn alarm_clear(&mut self, transition: &Transition) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE alarm SET cleared_at = $2, cleared_value = $3 WHERE id = $1 AND cleared_at IS NULL",
            transition.alarm.0.as_slice(),
            PgTime(transition.at) as _,
            transition.value,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
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
            r#"SELECT id, rule, rule_version, theme, device, metric, severity, raise_limit, clear_limit, value,
                      raised_at AS "raised_at: PgTime", raised_received AS "raised_received: PgTime",
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
            r#"SELECT id, rule, rule_version, theme, device, metric, severity, raise_limit, clear_limit, value,
                      raised_at AS "raised_at: PgTime", raised_received AS "raised_received: PgTime",
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
            r#"SELECT id, rule, rule_version, theme, device, metric, severity, raise_limit, clear_limit, value,
                      raised_at AS "raised_at: PgTime", raised_received AS "raised_received: PgTime",
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
