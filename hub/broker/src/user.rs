//! Names under which devices come to a broker: the id of the device, so that whoever reads the broker's log or types one in
//! at the roadside needs no second list, and so that a rule of the broker can speak of "the own id" for all of them.

use std::fmt;

use chengshu_core::model::DeviceId;

/// The hub's own name at its managed broker.
pub const HUB: &str = "chengshu-hub";
/// The shared name of simulators and platforms at the managed broker, where its door is open.
pub const FIELD: &str = "field";

/// The name under which a device comes (MQTT 用户名): its id, with `~` for each colon, because the password file of mosquitto
/// ends a name at a colon. No id has a `~`, so the way back is clear.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct User(String);

/// A device that cannot have a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("device {0:?} has the name of one of the hub's own users of the broker; enter it under another id")]
pub struct NoUser(pub String);

impl User {
    /// The name of a device.
    ///
    /// # Errors
    /// [`NoUser`] when it would be one of the hub's own.
    pub fn of(device: &DeviceId) -> Result<Self, NoUser> {
        let id = device.as_str();
        if [HUB, FIELD].contains(&id) { Err(NoUser(id.to_owned())) } else { Ok(Self(id.replace(':', "~"))) }
    }

    /// The device that comes under this name; none when no device can.
    #[must_use]
    pub fn device(name: &str) -> Option<DeviceId> {
        if [HUB, FIELD].contains(&name) || name.contains(':') {
            return None;
        }
        DeviceId::parse(&name.replace('~', ":")).ok()
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True when it is not the id itself: a rule about "the own name" does not reach the device's topics.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.0.contains('~')
    }
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_back_to_its_device_and_to_no_other() {
        for id in ["W-1", "A_b.c", "00:1A:2B", ":", "chengshu-hub2"] {
            let device = DeviceId::parse(id).unwrap();
            let user = User::of(&device).unwrap();
            assert!(!user.as_str().contains(':'), "{user}");
            assert_eq!(User::device(user.as_str()), Some(device), "{id}");
            assert_eq!(user.differs(), id.contains(':'));
        }
        for id in [HUB, FIELD] {
            assert_eq!(User::of(&DeviceId::parse(id).unwrap()), Err(NoUser(id.to_owned())));
            assert_eq!(User::device(id), None);
        }
        for name in ["", "a/b", "+", "#", "00:1A", "王", "a b", "a\nb"] {
            assert_eq!(User::device(name), None, "{name:?}");
        }
    }
}
