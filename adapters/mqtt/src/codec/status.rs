//! Presence: a retained `{"online": true, "kind": …, "name": …, "place": {"lng": …, "lat": …}, "gateway": …}`, or the bare words
//! online and offline. The last will says `{"online": false}`.

use chengshu_core::model::{Birth, Delivery, DeviceId, KindId, Place, Presence, Reason, Rejected};
use serde::Deserialize;

use super::whole;
use crate::names::Address;

#[derive(Deserialize)]
struct Wire {
    online: bool,
    kind: Option<String>,
    name: Option<String>,
    place: Option<WirePlace>,
    gateway: Option<String>,
}

#[derive(Deserialize)]
struct WirePlace {
    lng: f64,
    lat: f64,
    datum: Option<String>,
}

pub(super) fn decode(delivery: &mut Delivery, address: &Address) {
    let raw = delivery.raw.clone();
    if raw.is_empty() {
        return; // an empty retained message clears the topic: nothing is said
    }
    match read(&raw) {
        Ok((online, birth)) => delivery.presence = Some(Presence { device: address.device.clone(), online, birth }),
        Err(detail) => {
            let rejected = whole(Reason::Undecodable, detail);
            delivery.rejected.push(Rejected { device: Some(address.device.clone()), ..rejected });
        }
    }
}

fn read(raw: &[u8]) -> Result<(bool, Option<Birth>), String> {
    match raw {
        b"online" | b"1" => return Ok((true, None)),
        b"offline" | b"0" => return Ok((false, None)),
        _ => {}
    }
    let wire: Wire = serde_json::from_slice(raw)
        .map_err(|error| format!("not a status: {error}; expected {{\"online\":true}}, online or offline"))?;
    let kind = wire.kind.as_deref().map(KindId::parse).transpose().map_err(|error| error.to_string())?;
    let place = wire.place.map(place).transpose()?;
    let name = wire.name.map(|name| name.chars().filter(|c| !c.is_control()).take(100).collect());
    let gateway = wire.gateway.as_deref().map(DeviceId::parse).transpose().map_err(|error| error.to_string())?;
    let birth = Birth { kind, name, place, gateway };
    Ok((wire.online, (birth != Birth::default()).then_some(birth)))
}

fn place(wire: WirePlace) -> Result<Place, String> {
    if let Some(datum) = wire.datum.filter(|datum| !["cgcs2000", "wgs84"].contains(&datum.as_str())) {
        return Err(format!("place.datum is {datum:?}; expected cgcs2000 or wgs84"));
    }
    Place::new(wire.lng, wire.lat)
        .ok_or_else(|| format!("place is {}, {}; expected degrees on the globe", wire.lng, wire.lat))
}
