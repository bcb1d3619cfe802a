//! Whether a device may publish to a topic, receive it or subscribe to it: the same rules as the files, for brokers that ask
//! over HTTP and for what the managed broker's log tells.

use chengshu_core::model::DeviceId;

use crate::rights::{HEARD, SPOKEN};

/// What a client wants with a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// To publish to it.
    Publish,
    /// To be given a message of it.
    Receive,
    /// To subscribe to it; it may hold wildcards.
    Subscribe,
}

/// Whether `device` may; `has_child` tells which devices the register says speak through it.
pub fn allows(device: &DeviceId, has_child: impl Fn(&DeviceId) -> bool, deed: Deed, topic: &str) -> bool {
    let Some((theme, named, channel)) = parts(topic) else { return false };
    let plain = !theme.is_empty() && !theme.contains(['+', '#']);
    let fits = match deed {
        Deed::Publish => plain && SPOKEN.contains(&channel),
        Deed::Receive => plain && channel == HEARD,
        Deed::Subscribe => (plain || theme == "+") && channel == HEARD,
    };
    fits && DeviceId::parse(named).is_ok_and(|named| named == *device || has_child(&named))
}

/// The device that a topic names, whatever is wanted with it; for telling.
#[must_use]
pub fn names(topic: &str) -> Option<DeviceId> {
    DeviceId::parse(parts(topic)?.1).ok()
}

/// Theme, device and channel of `city/{theme}/{device}/{channel}`.
fn parts(topic: &str) -> Option<(&str, &str, &str)> {
    let mut parts = topic.strip_prefix("city/")?.split('/');
    let found = (parts.next()?, parts.next()?, parts.next()?);
    parts.next().is_none().then_some(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn may(deed: Deed, topic: &str) -> bool {
        let gateway = DeviceId::parse("GW-1").unwrap();
        allows(&gateway, |child| child.as_str() == "C-1", deed, topic)
    }

    #[test]
    fn a_device_speaks_for_itself_and_its_children_and_hears_what_it_is_asked() {
        for (deed, topic, expected) in [
            (Deed::Publish, "city/water/GW-1/telemetry", true),
            (Deed::Publish, "city/fire/C-1/reply", true),
            (Deed::Publish, "city/water/C-2/telemetry", false),
            (Deed::Publish, "city/water/GW-1/command", false),
            (Deed::Publish, "city/water/GW-1/alarm", false),
            (Deed::Publish, "city/+/GW-1/telemetry", false),
            (Deed::Publish, "city//GW-1/telemetry", false),
            (Deed::Publish, "city/water/GW-1/telemetry/x", false),
            (Deed::Publish, "city/water/GW-1", false),
            (Deed::Publish, "$SYS/broker", false),
            (Deed::Publish, "application/1/device/2/event/up", false),
            (Deed::Subscribe, "city/+/GW-1/command", true),
            (Deed::Subscribe, "city/water/C-1/command", true),
            (Deed::Subscribe, "city/water/+/command", false),
            (Deed::Subscribe, "city/#/GW-1/command", false),
            (Deed::Subscribe, "city/+/GW-1/+", false),
            (Deed::Subscribe, "city/+/GW-1/#", false),
            (Deed::Subscribe, "#", false),
            (Deed::Subscribe, "$SYS/#", false),
            (Deed::Subscribe, "$share/g/city/+/GW-1/command", false),
            (Deed::Subscribe, "city/water/GW-1/telemetry", false),
            (Deed::Receive, "city/water/GW-1/command", true),
            (Deed::Receive, "city/+/GW-1/command", false),
            (Deed::Receive, "city/water/GW-1/telemetry", false),
        ] {
            assert_eq!(may(deed, topic), expected, "{deed:?} {topic}");
        }
        assert_eq!(names("city/water/C-9/x").unwrap().as_str(), "C-9");
        assert_eq!(names("#"), None);
    }

    proptest! {
        #[test]
        fn nothing_that_names_another_is_allowed(topic in "[a-zA-Z0-9+#/$-]{0,40}") {
            let allowed = [Deed::Publish, Deed::Receive, Deed::Subscribe].into_iter().any(|deed| may(deed, &topic));
            let own = names(&topic).is_some_and(|device| ["GW-1", "C-1"].contains(&device.as_str()));
            prop_assert!(!allowed || own, "{}", topic);
        }
    }
}
