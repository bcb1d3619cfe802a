//! The two files of mosquitto: who may come, and who may publish and listen where. The same input gives the same text, so
//! whoever writes them sees whether anything has changed.

use chengshu_core::model::DeviceId;

use crate::password::PasswordHash;
use crate::user::User;

/// What a device may publish, under its own id and those of the devices that speak through it.
pub(crate) const SPOKEN: [&str; 4] = ["telemetry", "event", "status", "reply"];
/// What it may hear.
pub(crate) const HEARD: &str = "command";

/// A device with a credential (持证设备).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equipped {
    /// Which one.
    pub device: DeviceId,
    /// The name under which it comes.
    pub user: User,
    /// What is kept of its secret.
    pub hash: PasswordHash,
    /// The devices that the register says speak through it.
    pub children: Vec<DeviceId>,
}

/// A user that is no device: the hub itself, a simulator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// The name.
    pub name: String,
    /// What is kept of the password.
    pub hash: PasswordHash,
    /// Topic filters that it may read.
    pub reads: Vec<String>,
    /// Topic filters that it may publish to.
    pub writes: Vec<String>,
}

impl Fixed {
    /// Its line of the password file.
    #[must_use]
    pub fn password(&self) -> String {
        format!("{}:{}\n", self.name, self.hash)
    }

    /// Its part of the ACL file.
    #[must_use]
    pub fn rights(&self) -> String {
        let reads = self.reads.iter().map(|topic| format!("topic read {topic}\n"));
        let writes = self.writes.iter().map(|topic| format!("topic write {topic}\n"));
        format!("user {}\n{}\n", self.name, reads.chain(writes).collect::<String>())
    }
}

/// The password file of devices.
#[must_use]
pub fn passwords(devices: &[Equipped]) -> String {
    devices.iter().map(|one| format!("{}:{}\n", one.user, one.hash)).collect()
}

/// The ACL file of devices. Those without children need no lines of their own: patterns speak of all of them.
#[must_use]
pub fn rights(devices: &[Equipped]) -> String {
    let mut text = String::new();
    for one in devices {
        // a name that is not the id is not reached by the patterns below
        let own = one.user.differs().then_some(&one.device);
        let named: Vec<&DeviceId> = own.into_iter().chain(&one.children).collect();
        if named.is_empty() {
            continue;
        }
        text.push_str(&format!("user {}\n", one.user));
        // the broker goes through them one by one at every message: what comes most often stands first
        for channel in SPOKEN {
            named.iter().for_each(|device| text.push_str(&format!("topic write city/+/{device}/{channel}\n")));
        }
        named.iter().for_each(|device| text.push_str(&format!("topic read city/+/{device}/{HEARD}\n")));
        text.push('\n');
    }
    text.push_str("# every device, under its own id\n");
    SPOKEN.iter().for_each(|channel| text.push_str(&format!("pattern write city/+/%u/{channel}\n")));
    text + &format!("pattern read city/+/%u/{HEARD}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password::Secret;

    fn device(id: &str, children: &[&str]) -> Equipped {
        let device = DeviceId::parse(id).unwrap();
        Equipped {
            user: User::of(&device).unwrap(),
            device,
            hash: Secret::new([3; 28]).hash([4; 12]),
            children: children.iter().map(|id| DeviceId::parse(id).unwrap()).collect(),
        }
    }

    #[test]
    fn only_gateways_and_odd_names_have_lines_of_their_own() {
        let hash = PasswordHash::of("x", [5; 12], 1);
        let hub = Fixed {
            name: "hub".to_owned(),
            hash,
            reads: vec!["city/#".to_owned()],
            writes: vec!["city/+/+/alarm".to_owned(), "city/+/+/command".to_owned()],
        };
        let devices = [device("W-1", &[]), device("GW-1", &["C-1", "C-2"]), device("00:1A", &[])];
        assert_eq!(
            hub.rights(),
            "user hub\ntopic read city/#\ntopic write city/+/+/alarm\ntopic write city/+/+/command\n\n"
        );
        let text = rights(&devices);
        let blocks: Vec<&str> = text.split("\n\n").collect();
        assert_eq!(blocks.len(), 3, "{text}");
        assert!(
            blocks[0].starts_with("user GW-1\ntopic write city/+/C-1/telemetry\ntopic write city/+/C-2/telemetry\n")
        );
        assert!(blocks[0].ends_with("topic read city/+/C-1/command\ntopic read city/+/C-2/command"), "{text}");
        assert!(blocks[1].starts_with("user 00~1A\ntopic write city/+/00:1A/telemetry\n"), "{text}");
        assert!(!text.contains("user W-1"), "{text}");
        assert_eq!(text.matches("pattern write city/+/%u/").count(), 4);
        assert_eq!(text.matches("pattern read city/+/%u/command").count(), 1);
        let file = hub.password() + &passwords(&devices);
        let names: Vec<&str> = file.lines().map(|line| line.split_once(':').unwrap().0).collect();
        assert_eq!(names, ["hub", "W-1", "GW-1", "00~1A"]);
    }
}
