//! Values of other crates as JSON text, on their way to and from a `jsonb` column. Knows none of them.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::StoreError;

/// The value as text, to be cast by the statement.
pub(crate) fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Data(sqlx::Error::Encode(error.into())))
}

/// The value of a text that the database gave.
pub(crate) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Data(sqlx::Error::Decode(error.into())))
}
