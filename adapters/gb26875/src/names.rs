//! Who a frame speaks of: device ids from addresses, and the metrics as the hub's identifiers. Makes names; judges no
//! value.

use std::sync::LazyLock;

use chengshu_core::model::{BadName, DeviceId, MetricId};
use serde_json::{Map, Value};

use crate::Setup;
use crate::codec::{Component, Frame, System};
use crate::json::{hex, unhex};
use crate::setup::constant;
use crate::words::{ANALOGS, Bit, COMPONENT_BITS, COMPONENTS, DEVICE_BITS, SYSTEM_BITS, SYSTEMS, word};

/// The metrics of a table of bits, in its order.
pub(crate) struct Metrics {
    pub(crate) device: Vec<MetricId>,
    pub(crate) system: Vec<MetricId>,
    pub(crate) component: Vec<MetricId>,
    pub(crate) analog: Vec<MetricId>,
    /// 1 when bit 0 is 0 and no other bit is set: perhaps a test. A hint for people, never a reason to hide a fire.
    pub(crate) test_hint: MetricId,
}

/// Made once: a reading clones a pointer.
pub(crate) static METRICS: LazyLock<Metrics> = LazyLock::new(|| {
    let bits = |table: &[Bit]| table.iter().map(|row| constant(MetricId::parse(row.metric))).collect();
    Metrics {
        device: bits(&DEVICE_BITS),
        system: bits(&SYSTEM_BITS),
        component: bits(&COMPONENT_BITS),
        analog: ANALOGS.iter().map(|row| constant(MetricId::parse(row.metric))).collect(),
        test_hint: constant(MetricId::parse("test_hint")),
    }
});

/// The address that names the device which sent this frame; none where both are zero.
pub(crate) fn address(frame: &Frame<'_>, setup: &Setup) -> Option<[u8; 6]> {
    let named = |address: [u8; 6]| (address != [0; 6]).then_some(address);
    named(frame.head.source).or_else(|| named(frame.head.destination).filter(|_| setup.destination_names))
}

/// The id of the transmission device.
pub(crate) fn device(setup: &Setup, address: [u8; 6]) -> Result<DeviceId, BadName> {
    DeviceId::parse(&format!("{}{}", setup.prefix, hex(&address)))
}

/// The id of a building fire system behind it.
pub(crate) fn system(device: &DeviceId, system: System) -> Result<DeviceId, BadName> {
    DeviceId::parse(&format!("{device}-{}-{}", system.kind, system.address))
}

/// The id of a component behind it.
pub(crate) fn component(device: &DeviceId, one: &Component) -> Result<DeviceId, BadName> {
    let System { kind, address } = one.system;
    DeviceId::parse(&format!("{device}-{kind}-{address}-{}-{}", one.kind, hex(&one.address)))
}

/// What [`system`] and [`component`] have put into an id, as parameters of a command; none for the transmission device.
pub(crate) fn behind(device: &DeviceId) -> Option<Map<String, Value>> {
    let parts: Vec<&str> = device.as_str().split('-').collect();
    let byte = |text: &str| text.parse::<u8>().ok();
    let mut found = Map::new();
    if let [.., kind, address, of, component] = parts[..]
        && let (Some(kind), Some(address), Some(_), Some([_, _, _, _])) =
            (byte(kind), byte(address), byte(of), unhex(component).as_deref())
    {
        found.insert("sys_type".to_owned(), kind.into());
        found.insert("sys_addr".to_owned(), address.into());
        found.insert("comp_addr".to_owned(), component.into());
    } else if let [.., kind, address] = parts[..]
        && let (Some(kind), Some(address)) = (byte(kind), byte(address))
    {
        found.insert("sys_type".to_owned(), kind.into());
        found.insert("sys_addr".to_owned(), address.into());
    }
    (!found.is_empty()).then_some(found)
}

/// What a system is called where nobody named it.
pub(crate) fn system_name(system: System) -> String {
    match word(SYSTEMS, system.kind) {
        Some(row) => format!("{} {}", row.zh, system.address),
        None => format!("用户自定义系统 {}-{}", system.kind, system.address),
    }
}

/// What a component is called where nobody named it.
pub(crate) fn component_name(one: &Component) -> String {
    match word(COMPONENTS, one.kind) {
        Some(row) => format!("{} {}", row.zh, hex(&one.address)),
        None => format!("用户自定义部件 {}-{}", one.kind, hex(&one.address)),
    }
}

/// A text for people out of a device: without control characters and not endless.
pub(crate) fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(120).collect::<String>().trim().to_owned()
}
