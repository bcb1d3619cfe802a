//! What a simulated transmission device is and what is wired to it.

use crate::codec::{Component, System};

/// A component behind a simulated device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceComponent {
    /// Its numbers.
    pub component: Component,
    /// What the device says of where it is, at most 31 bytes in GB 18030.
    pub text: String,
}

impl DeviceComponent {
    /// A component of fire alarm system 1.1 in a zone, at a position.
    #[must_use]
    pub fn new(kind: u8, zone: u16, position: u16, text: &str) -> Self {
        let ([a, b], [c, d]) = (position.to_le_bytes(), zone.to_le_bytes());
        let component = Component { system: System { kind: 1, address: 1 }, kind, address: [a, b, c, d] };
        Self { component, text: text.to_owned() }
    }
}

/// Settings of a simulated device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceSetup {
    /// Its address, low byte first.
    pub address: [u8; 6],
    /// The platform's.
    pub platform: [u8; 6],
    /// Main and user version of its frames.
    pub version: [u8; 2],
    /// What is wired to it.
    pub components: Vec<DeviceComponent>,
    /// It reports its own state so often, ms.
    pub heartbeat_ms: i64,
    /// It waits so long for a confirmation, ms.
    pub timeout_ms: i64,
    /// So often it sends again before it pauses for a heartbeat.
    pub resends: u8,
    /// How far its clock is off when it begins, ms.
    pub clock_off_ms: i64,
    /// The duty officer answers a post check after so long, ms; none: nobody is there.
    pub duty_officer_ms: Option<i64>,
    /// Its software version.
    pub software: [u8; 2],
    /// Its configuration, a text.
    pub config: String,
}

impl Default for DeviceSetup {
    fn default() -> Self {
        Self {
            address: [1, 0, 0, 0, 0, 0],
            platform: [0x64, 0, 0, 0, 0, 0],
            version: [1, 1],
            components: vec![DeviceComponent::new(42, 1, 1, "一层大厅烟感")],
            heartbeat_ms: 30_000,
            timeout_ms: 10_000,
            resends: 3,
            clock_off_ms: 0,
            duty_officer_ms: Some(5_000),
            software: [1, 0],
            config: "模拟用户信息传输装置".to_owned(),
        }
    }
}
