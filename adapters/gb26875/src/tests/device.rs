//! The device's side against the platform's side: reports, lost confirmations, every command.

use bytes::{Bytes, BytesMut};
use chengshu_core::model::Progress;
use chengshu_line::Instrument;
use serde_json::json;

use super::world::{DEVICE, PLATFORM, World, at, line};
use crate::{COMMANDS, Device, DeviceComponent, DeviceSetup};

fn device() -> Device {
    let smoke = DeviceComponent::new(42, 1, 1, "一层大厅烟感");
    let current = DeviceComponent::new(17, 1, 2, "配电间");
    Device::new(DeviceSetup {
        address: DEVICE,
        platform: PLATFORM,
        components: vec![smoke, current],
        clock_off_ms: -7_200_000,
        ..DeviceSetup::default()
    })
}

/// Carries bytes both ways until nobody has anything to say.
fn carry(device: &mut Device, world: &mut World, mut out: Vec<Bytes>) {
    while !out.is_empty() {
        world.hear(&out.concat());
        world.settle(true);
        let mut buffer = BytesMut::new();
        for bytes in std::mem::take(&mut world.sent) {
            buffer.extend_from_slice(&bytes);
        }
        out = device.hear(&mut buffer, world.now);
        assert!(buffer.is_empty());
    }
}

#[test]
fn reports_are_confirmed_and_the_clock_is_set() {
    let (mut device, mut world) = (device(), World::new(&line()));
    let out = device.connected(world.now);
    carry(&mut device, &mut world, out);
    assert_eq!(device.clock(at(0)), at(0), "the platform set it");
    let out = device.report(&[("fire", 1.0), ("current@1", 0.5), ("main_power", 1.0), ("nonsense", 1.0)], at(0));
    assert_eq!((out.len(), device.unconfirmed()), (3, 3));
    carry(&mut device, &mut world, out);
    assert_eq!(device.unconfirmed(), 0);
    assert_eq!(world.events(), ["clock_off", "main_power_fault", "fire"]);
    let current = &world.deliveries.last().unwrap().1.readings[0];
    assert_eq!((current.metric.as_str(), current.value), ("current", 0.5));
    let out = device.report(&[("fire", 0.0)], at(0));
    carry(&mut device, &mut world, out);
    assert_eq!(world.events().last(), Some(&"fire_cleared"));
}

#[test]
fn what_is_not_confirmed_is_sent_again_and_anew() {
    let mut device = device();
    let first = device.report(&[("fire", 1.0)], at(0));
    device.connected(at(0));
    let mut again = 0;
    for second in 1..45 {
        again += device.tick(at(second * 1000)).iter().filter(|bytes| **bytes == first[0]).count();
    }
    assert!(again >= 3, "{again}");
    assert!(device.connected(at(50_000)).contains(&first[0]));
    assert_eq!(device.unconfirmed(), 1);
}

#[test]
fn every_command_is_answered() {
    let (mut device, mut world) = (device(), World::new(&line()));
    let out = device.connected(world.now);
    carry(&mut device, &mut world, out);
    let out = device.report(&[("current@1", 0.3), ("fault@1", 1.0)], at(0));
    carry(&mut device, &mut world, out);
    let all = json!({"sys_type": 1, "sys_addr": 1, "comp_addr": "02000100", "minutes": 5});
    for (id, kind) in (1..).zip(COMMANDS) {
        let needed = kind.params.iter().filter(|param| all.get(param.name).is_some());
        let params = needed.map(|param| (param.name.to_owned(), all[param.name].clone())).collect();
        world.order(id, kind.name, &serde_json::Value::Object(params));
        let mut out = world.sent.drain(..).collect::<Vec<_>>().concat();
        let mut buffer = BytesMut::from(&out[..]);
        let answer = device.hear(&mut buffer, world.now);
        carry(&mut device, &mut world, answer);
        if kind.name == "post_check" {
            world.now = at(6_000);
            out = device.tick(world.now).concat();
            carry(&mut device, &mut world, vec![out.into()]);
        }
        let (last, progress) = world.progress.last().unwrap();
        assert!(*last == id && matches!(progress, Progress::Confirmed(_)), "{}: {progress:?}", kind.name);
    }
    let said = |id: i64| {
        world.progress.iter().filter(|(of, _)| *of == id).find_map(|(_, progress)| match progress {
            Progress::Confirmed(said) => Some(said.clone()),
            _ => None,
        })
    };
    assert_eq!(said(1).unwrap()["objects"][0]["bits"], json!([2]));
    assert_eq!(said(2).unwrap()["objects"][0]["text"], "配电间");
    assert_eq!(said(3).unwrap()["objects"][0]["value"], "0.3");
    world.order(99, "read_component_state", &json!({"sys_type": 1, "sys_addr": 1, "comp_addr": "09000900"}));
    let out = world.sent.drain(..).collect::<Vec<_>>().concat();
    let answer = device.hear(&mut BytesMut::from(&out[..]), world.now);
    carry(&mut device, &mut world, answer);
    assert!(matches!(world.progress.last(), Some((99, Progress::Failed("denied", _)))));
}
