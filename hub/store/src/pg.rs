//! A moment as PostgreSQL writes it: microseconds since 2000. Nothing else of the time zone machinery is needed.

use chengshu_core::model::Timestamp;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueRef, Postgres};
use sqlx::{Decode, Encode, Type};

/// 2000-01-01T00:00:00Z in milliseconds since 1970.
const Y2000_MS: i64 = 946_684_800_000;

/// A [`Timestamp`] on its way to or from a `timestamptz`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PgTime(pub(crate) Timestamp);

impl From<Timestamp> for PgTime {
    fn from(moment: Timestamp) -> Self {
        Self(moment)
    }
}

impl Type<Postgres> for PgTime {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("timestamptz")
    }
}

impl PgHasArrayType for PgTime {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("_timestamptz")
    }
}

impl Encode<'_, Postgres> for PgTime {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let micros = self.0.ms().checked_sub(Y2000_MS).and_then(|ms| ms.checked_mul(1000));
        let micros = micros.ok_or_else(|| format!("time {} ms does not fit a timestamptz", self.0.ms()))?;
        Encode::<Postgres>::encode(micros, buffer)
    }
}

impl<'r> Decode<'r, Postgres> for PgTime {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        let micros = <i64 as Decode<Postgres>>::decode(value)?;
        Ok(Self(Timestamp::from_ms(micros.div_euclid(1000).saturating_add(Y2000_MS))))
    }
}
