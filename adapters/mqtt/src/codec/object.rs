//! One JSON object of a telemetry payload, taken apart without building a tree. A number that no f64 holds spoils only
//! its own value: such payloads are read a second time, value by value.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// A value as far as telemetry is concerned.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar {
    Number(f64),
    Text(String),
    /// Null, an object or a list: named in the detail.
    Other(&'static str),
    /// A number that no 64-bit float holds.
    TooLarge(String),
}

/// What one object says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Object<'a> {
    pub(super) ts: Option<Scalar>,
    pub(super) id: Option<Scalar>,
    pub(super) values: Vec<(Cow<'a, str>, Scalar)>,
}

/// Reads one object or a list of them.
pub(super) fn read(payload: &[u8]) -> Result<Vec<Object<'_>>, serde_json::Error> {
    match serde_json::from_slice::<Objects<'_>>(payload) {
        Ok(objects) => Ok(objects.0),
        Err(error) => slow(payload).ok_or(error),
    }
}

struct Objects<'a>(Vec<Object<'a>>);

impl<'de> Deserialize<'de> for Objects<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Outer;
        impl<'de> Visitor<'de> for Outer {
            type Value = Objects<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object such as {\"ts\":…,\"values\":{\"level\":3.21}}, or a list of them")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let mut object = Object::default();
                fill(map, &mut object, true)?;
                Ok(Objects(vec![object]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut objects = Vec::new();
                while let Some(object) = list.next_element_seed(Inner { top: true })? {
                    objects.push(object);
                }
                Ok(Objects(objects))
            }
        }
        deserializer.deserialize_any(Outer)
    }
}

/// An object of the list, or the object under `values`.
struct Inner {
    top: bool,
}

impl<'de> DeserializeSeed<'de> for Inner {
    type Value = Object<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Object<'de>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Inner {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<'de>, A::Error> {
        let mut object = Object::default();
        fill(map, &mut object, self.top)?;
        Ok(object)
    }
}

fn fill<'de, A: MapAccess<'de>>(mut map: A, object: &mut Object<'de>, top: bool) -> Result<(), A::Error> {
    while let Some(Key(key)) = map.next_key()? {
        match key.as_ref() {
            "ts" if top => object.ts = Some(map.next_value()?),
            "id" | "device" if top => object.id = Some(map.next_value()?),
            "values" if top => object.values.extend(map.next_value_seed(Inner { top: false })?.values),
            _ => object.values.push((key, map.next_value()?)),
        }
    }
    Ok(())
}

/// A key, borrowed from the payload where JSON allows.
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(V)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Scalar;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_f64<E>(self, value: f64) -> Result<Scalar, E> {
                Ok(Scalar::Number(value))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
                Ok(Scalar::Number(value as f64))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Scalar, E> {
                Ok(Scalar::Number(value as f64))
            }

            fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
                Ok(Scalar::Number(f64::from(u8::from(value))))
            }

            fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar::Text(text.chars().take(80).collect()))
            }

            fn visit_unit<E>(self) -> Result<Scalar, E> {
                Ok(Scalar::Other("null"))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Scalar::Other("an object"))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Scalar, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Scalar::Other("a list"))
            }
        }
        deserializer.deserialize_any(V)
    }
}

type Raw<'a> = Vec<(Cow<'a, str>, &'a RawValue)>;

/// The second reading. `None` when the payload is no JSON at all, or not objects.
fn slow(payload: &[u8]) -> Option<Vec<Object<'_>>> {
    let list: Vec<&RawValue> = match serde_json::from_slice(payload) {
        Ok(list) => list,
        Err(_) => vec![serde_json::from_slice(payload).ok()?],
    };
    list.into_iter().map(|raw| slow_object(raw, true)).collect()
}

fn slow_object(raw: &RawValue, top: bool) -> Option<Object<'_>> {
    let entries: RawEntries<'_> = serde_json::from_str(raw.get()).ok()?;
    let mut object = Object::default();
    for (key, raw) in entries.0 {
        match key.as_ref() {
            "ts" if top => object.ts = Some(slow_scalar(raw)),
            "id" | "device" if top => object.id = Some(slow_scalar(raw)),
            "values" if top => object.values.extend(slow_object(raw, false)?.values),
            _ => object.values.push((key, slow_scalar(raw))),
        }
    }
    Some(object)
}

fn slow_scalar(raw: &RawValue) -> Scalar {
    serde_json::from_str(raw.get()).unwrap_or_else(|_| Scalar::TooLarge(raw.get().chars().take(80).collect()))
}

struct RawEntries<'a>(Raw<'a>);

impl<'de> Deserialize<'de> for RawEntries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = RawEntries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawEntries<'de>, A::Error> {
                let mut entries = Vec::new();
                while let Some(Key(key)) = map.next_key()? {
                    entries.push((key, map.next_value()?));
                }
                Ok(RawEntries(entries))
            }
        }
        deserializer.deserialize_map(V)
    }
}
