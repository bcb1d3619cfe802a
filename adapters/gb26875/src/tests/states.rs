//! What states become: readings for every bit, events for every change, and a fire whatever else is wrong.

use chengshu_core::model::{Delivery, Reason, Severity};

use super::world::{DEVICE_ID, World, at, frame, line};

/// A component state at `second`; `time` none: left out.
fn component(state: u16, time: Option<[u8; 6]>) -> Vec<u8> {
    let mut data = vec![2, 1, 1, 1, 42, 5, 0, 3, 0];
    data.extend_from_slice(&state.to_le_bytes());
    data.extend_from_slice(&[0; 31]);
    data.extend_from_slice(&time.unwrap_or_default()[..if time.is_some() { 6 } else { 0 }]);
    data
}

fn label(second: u8) -> Option<[u8; 6]> {
    Some([second, 30, 8, 1, 11, 24])
}

/// `fire=1` for each reading that is 1, `+fire` for each event, `!reason` for each rejection.
fn summary(delivery: &Delivery) -> String {
    let readings = delivery.readings.iter().filter(|reading| reading.value != 0.0);
    let readings = readings.map(|reading| format!("{}={}", reading.metric, reading.value));
    let events = delivery.events.iter().map(|event| format!("+{}", event.kind));
    let rejected = delivery.rejected.iter().map(|rejected| format!("!{}", rejected.reason.code()));
    readings.chain(events).chain(rejected).collect::<Vec<_>>().join(" ")
}

#[test]
fn changes_are_events_and_cleared_bits_are_zero() {
    let mut world = World::new(&line());
    for (n, (state, expected)) in [
        (0x0001, ""),
        (0x0002, "fire=1 +fire"),
        (0x0002, "fire=1"),
        (0x0006, "fire=1 fault=1 +fault"),
        (0x0004, "fault=1 +fire_cleared"),
        (0x0000, "test_hint=1 +fault_cleared"),
        (0x01FE, "fire=1 fault=1 shielded=1 supervised=1 started=1 feedback=1 delayed=1 power_fault=1 +fire +fault +shielded +supervised +started +feedback +delayed +power_fault"),
    ]
    .into_iter()
    .enumerate()
    {
        world.hear(&frame(n as u16, 2, &component(state, label(n as u8)), 0));
        let delivery = &world.deliveries.last().unwrap().1;
        assert_eq!(summary(delivery), expected, "{state:04X}");
        assert_eq!(delivery.readings.len(), 9, "every bit at every report");
        assert!(delivery.readings.iter().all(|r| r.device.as_str() == format!("{DEVICE_ID}-1-1-42-05000300")));
    }
    let fire = &world.deliveries[1].1.events[0];
    assert_eq!((fire.severity, fire.key.clone()), (Some(Severity::Critical), format!("fire@{}", at(1000).ms())));
    let (id, birth) = &world.deliveries[1].1.births[1];
    assert_eq!(id.as_str(), format!("{DEVICE_ID}-1-1-42-05000300"));
    assert_eq!(birth.kind.as_ref().unwrap().as_str(), "fire_component");
    assert_eq!(birth.name.as_deref(), Some("点型光电感烟火灾探测器 05000300"));
    assert_eq!(birth.gateway.as_ref().unwrap().as_str(), DEVICE_ID);
}

#[test]
fn a_device_that_connects_anew_goes_on_where_it_was() {
    let line = line();
    let mut first = World::new(&line);
    first.hear(&frame(1, 2, &component(2, label(1)), 0));
    let mut second = World::new(&line);
    second.hear(&frame(1, 2, &component(1, label(2)), 0));
    assert_eq!(summary(&second.deliveries[0].1), "+fire_cleared");
}

#[test]
fn an_absurd_time_loses_no_fire() {
    for time in [None, Some([0; 6]), Some([0xFF; 6]), Some([37, 17, 3, 1, 6, 12]), Some([0, 0, 30, 1, 1, 24])] {
        let mut world = World::new(&line());
        world.hear(&frame(1, 2, &component(2, time), 0));
        let delivery = &world.deliveries[0].1;
        assert_eq!(summary(delivery), "fire=1 +fire", "{time:?}");
        assert_eq!(delivery.readings[0].at, at(0));
        let told = time.is_some_and(|time| time != [0; 6]);
        assert_eq!(delivery.events[0].detail.contains("object_time"), told, "{}", delivery.events[0].detail);
    }
}

#[test]
fn an_analog_value_of_another_year_is_set_aside() {
    let analog = |year: u8| {
        let mut data = vec![3, 1, 1, 1, 17, 1, 0, 1, 0, 3, 0x2D, 1, 5, 30, 8, 1, 11];
        data.push(year);
        data
    };
    let mut world = World::new(&line());
    world.hear(&frame(1, 2, &analog(24), 0));
    world.hear(&frame(2, 2, &analog(12), 0));
    world.hear(&frame(3, 2, &analog(36), 0));
    assert_eq!(summary(&world.deliveries[0].1), "temperature=30.1");
    assert_eq!(world.deliveries[1].1.rejected[0].reason, Reason::TimeTooOld);
    assert_eq!(world.deliveries[2].1.rejected[0].reason, Reason::TimeTooNew);
    assert_eq!(world.deliveries[2].1.rejected[0].metric.as_ref().unwrap().as_str(), "temperature");
}

#[test]
fn systems_devices_operations_versions_and_configurations() {
    for (data, expected) in [
        (
            &[1, 1, 1, 1, 0x01, 0x0D, 5, 30, 8, 1, 11, 24][..],
            "main_power_fault=1 bus_fault=1 manual=1 +main_power_fault +bus_fault +manual",
        ),
        (
            &[21, 1, 0x7A, 5, 30, 8, 1, 11, 24],
            "fire=1 main_power=1 backup_power=1 platform_line=1 panel_line=1 +fire +main_power_fault +backup_power_fault +platform_line_fault +panel_line_fault",
        ),
        (&[4, 1, 1, 1, 0x21, 7, 5, 30, 8, 1, 11, 24], "+operation_reset +operation_confirm"),
        (&[24, 1, 0x22, 7, 5, 30, 8, 1, 11, 24], "+operation_mute +post_check_answer"),
        (&[5, 1, 1, 1, 3, 4], "+version"),
        (&[25, 1, 3, 4], "+version"),
        (&[6, 1, 1, 1, 2, b'o', b'k'], "+config"),
        (&[26, 1, 2, b'o', b'k'], "+config"),
        (&[8, 1, 1, 1, 5, 30, 8, 1, 11, 24], ""),
        (&[28, 1, 5, 30, 8, 1, 11, 23], "+clock_off"),
        (&[130, 1, 9, 9], "+vendor"),
        (&[22], "+vendor"),
    ] {
        let mut world = World::new(&line());
        world.hear(&frame(1, 2, data, 0));
        assert_eq!(summary(&world.deliveries[0].1), expected, "type {}", data[0]);
    }
}
