//! What brokers and devices have with each other, over HTTP: credentials of devices, and the questions that external brokers
//! ask about them. The managed broker asks nothing here: its files are written for it.

mod credential;
mod emqx;
mod equip;
mod files;
mod goauth;
mod judge;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use chengshu_access::{Access, Act, Right};
use chengshu_broker::{Equipped, User};
use chengshu_core::model::{DeviceId, Registration};
use chengshu_engine::BoardState;
use chengshu_identity::DeviceTable;

use crate::route::{Media, Object, Route, act, delete, get, post};

/// The routes.
pub(crate) fn routes() -> Vec<Route> {
    const EQUIP: Access = Access::Needs(Right::EquipDevices);
    const JUDGE: Access = Access::Needs(Right::JudgeDevices);
    let (credential, broker) = (Object::Credential, Object::Broker);
    vec![
        get(
            "/api/v1/devices/{id}/credential",
            credential::get,
            EQUIP,
            credential,
            "Whether a device has a credential for MQTT, and since when",
        )
        .answers::<credential::CredentialState>(),
        act(
            "/api/v1/devices/{id}/credential",
            credential::issue,
            EQUIP,
            credential,
            "Give a device a credential, or a new one; its password is shown once, the old one ends",
        )
        .answers::<credential::CredentialMade>()
        .tells(Act::DeviceCredential),
        delete(
            "/api/v1/devices/{id}/credential",
            credential::revoke,
            EQUIP,
            credential,
            "Take a device's credential away; if it is connected to the managed broker, it is thrown out",
        )
        .tells(Act::DeviceCredential),
        post::<equip::EquipBody, _, _>(
            "/api/v1/devices/credentials",
            equip::equip,
            EQUIP,
            credential,
            "Give up to 10,000 devices credentials; a file that is answered once",
        )
        .params::<equip::EquipParams>()
        .media(Media::Readings)
        .tells(Act::DeviceCredential),
        post::<emqx::EmqxUser, _, _>(
            "/api/v1/broker/emqx/auth",
            emqx::auth,
            JUDGE,
            broker,
            "EMQX 5, HTTP authentication: may this client come",
        )
        .answers::<emqx::EmqxAuth>(),
        post::<emqx::EmqxDeed, _, _>(
            "/api/v1/broker/emqx/acl",
            emqx::acl,
            JUDGE,
            broker,
            "EMQX 5, HTTP authorisation: may this client publish or subscribe; set `no_match = deny`",
        )
        .answers::<emqx::EmqxAcl>(),
        post::<goauth::GoUser, _, _>(
            "/api/v1/broker/goauth/user",
            goauth::user,
            JUDGE,
            broker,
            "mosquitto-go-auth, HTTP backend: may this client come; 200 or 403",
        )
        .answers::<goauth::GoAnswer>()
        .refuses(),
        post::<goauth::GoName, _, _>(
            "/api/v1/broker/goauth/superuser",
            goauth::superuser,
            JUDGE,
            broker,
            "mosquitto-go-auth, HTTP backend: nobody is a superuser; 403",
        )
        .answers::<goauth::GoAnswer>()
        .refuses(),
        post::<goauth::GoDeed, _, _>(
            "/api/v1/broker/goauth/acl",
            goauth::acl,
            JUDGE,
            broker,
            "mosquitto-go-auth, HTTP backend: may this client read, write or subscribe; 200 or 403",
        )
        .answers::<goauth::GoAnswer>()
        .refuses(),
        get(
            "/api/v1/broker/mosquitto",
            files::get,
            JUDGE,
            broker,
            "Password and ACL file for an external mosquitto; `chengshu broker-files` fetches them",
        )
        .answers::<files::BrokerFiles>(),
    ]
}

/// The devices that may come to a broker, with those that the register says speak through them; by id. One that is out of
/// service may not, nor may anybody speak for it.
#[must_use]
pub fn equipped(board: &BoardState, table: &DeviceTable) -> Vec<Equipped> {
    let mut children: HashMap<&DeviceId, Vec<DeviceId>> = HashMap::new();
    let mut equipped = Vec::new();
    for slot in board.devices().iter().filter(|slot| slot.device.registration != Registration::Retired) {
        let device = &slot.device;
        if let Some(gateway) = device.gateway.as_ref().filter(|gateway| table.contains_key(*gateway)) {
            children.entry(gateway).or_default().push(device.id.clone());
        }
        if let (Some(hash), Ok(user)) = (table.get(&device.id), User::of(&device.id)) {
            let (device, hash) = (device.id.clone(), hash.clone());
            equipped.push(Equipped { device, user, hash, children: Vec::new() });
        }
    }
    for one in &mut equipped {
        one.children = children.remove(&one.device).unwrap_or_default();
        one.children.sort();
    }
    equipped.sort_by(|one, other| one.device.cmp(&other.device));
    equipped
}

/// True when the register says that `named` speaks through `gateway`.
#[must_use]
pub fn is_child(board: &BoardState, gateway: &DeviceId, named: &DeviceId) -> bool {
    board.device(named.as_str()).is_some_and(|slot| {
        slot.device.registration != Registration::Retired && slot.device.gateway.as_ref() == Some(gateway)
    })
}
