//! What the information objects of each type are (信息对象): fields only, in the words of clause 8.3. What they mean is
//! told in `words`.

use super::Label;

/// A building fire-protection system (建筑消防设施).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct System {
    /// Its type (系统类型).
    pub kind: u8,
    /// Its address.
    pub address: u8,
}

/// A component of a system (部件).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Component {
    /// Its system.
    pub system: System,
    /// Its type (部件类型).
    pub kind: u8,
    /// Its address as it stands in the frame: low byte first.
    pub address: [u8; 4],
}

/// One information object. `time` is none where the sender left it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as in the reference; the variants say the type")]
pub enum Object<'a> {
    /// Type 1.
    SystemState { system: System, state: u16, time: Option<Label> },
    /// Type 2. `text`: 31 bytes of GB 18030.
    ComponentState { component: Component, state: u16, text: &'a [u8], time: Option<Label> },
    /// Type 3.
    Analog { component: Component, kind: u8, raw: i16, time: Option<Label> },
    /// Type 4.
    Operation { system: System, flags: u8, operator: u8, time: Option<Label> },
    /// Type 5.
    SystemVersion { system: System, version: [u8; 2] },
    /// Type 6.
    SystemConfig { system: System, text: &'a [u8] },
    /// Type 7.
    ComponentConfig { component: Component, text: &'a [u8] },
    /// Type 8.
    SystemTime { system: System, time: Option<Label> },
    /// Type 21.
    DeviceState { state: u8, time: Option<Label> },
    /// Type 24.
    DeviceOperation { flags: u8, operator: u8, time: Option<Label> },
    /// Type 25.
    DeviceVersion { version: [u8; 2] },
    /// Type 26.
    DeviceConfig { text: &'a [u8] },
    /// Type 28.
    DeviceTime { time: Option<Label> },
    /// Types 61, 65, 66, 68: asks for a system.
    ReadSystem { system: System },
    /// Types 62, 63, 67: asks for a component.
    ReadComponent { system: System, address: [u8; 4] },
    /// Type 64: asks for the `count` operations since `time`.
    ReadOperations { system: System, count: u8, time: Option<Label> },
    /// Types 81, 85, 86, 88, and 89 (initialise): one reserved byte.
    Reserved { reserved: u8 },
    /// Type 84.
    ReadDeviceOperations { count: u8, time: Option<Label> },
    /// Type 90. Some senders put a reserved byte before the time.
    SetClock { reserved: Option<u8>, time: Option<Label> },
    /// Type 91. Some senders put a reserved byte before the minutes.
    PostCheck { reserved: Option<u8>, minutes: u8 },
}

/// Bytes of the text field of a component.
pub(super) const TEXT: usize = 31;

/// The objects of a type: bytes without their time, and whether a time belongs to them. None: of varying length, or a
/// type that the standard does not know.
pub(super) fn layout(kind: u8) -> Option<(usize, bool)> {
    Some(match kind {
        1 | 4 => (4, true),
        2 => (9 + TEXT, true),
        3 => (10, true),
        5 => (4, false),
        7 => (7 + TEXT, false),
        8 => (2, true),
        21 => (1, true),
        24 => (2, true),
        25 => (2, false),
        28 | 90 => (0, true),
        61 | 65 | 66 | 68 => (2, false),
        62 | 63 | 67 => (6, false),
        64 => (3, true),
        81 | 85 | 86 | 88 | 89 | 91 => (1, false),
        84 => (1, true),
        _ => return None,
    })
}

fn system(bytes: &[u8]) -> Option<System> {
    Some(System { kind: *bytes.first()?, address: *bytes.get(1)? })
}

fn component(bytes: &[u8]) -> Option<Component> {
    Some(Component { system: system(bytes)?, kind: *bytes.get(2)?, address: four(bytes, 3)? })
}

fn four(bytes: &[u8], at: usize) -> Option<[u8; 4]> {
    bytes.get(at..at + 4)?.try_into().ok()
}

fn label(bytes: &[u8], at: usize) -> Option<Label> {
    bytes.get(at..at + 6)?.try_into().ok().map(Label)
}

/// Reads one object of a type from exactly its bytes.
pub(super) fn read(kind: u8, bytes: &[u8]) -> Option<Object<'_>> {
    let byte = |at: usize| bytes.get(at).copied();
    let word = |at: usize| Some([byte(at)?, byte(at + 1)?]);
    Some(match kind {
        1 => Object::SystemState { system: system(bytes)?, state: u16::from_le_bytes(word(2)?), time: label(bytes, 4) },
        2 => Object::ComponentState {
            component: component(bytes)?,
            state: u16::from_le_bytes(word(7)?),
            text: bytes.get(9..9 + TEXT)?,
            time: label(bytes, 9 + TEXT),
        },
        3 => Object::Analog {
            component: component(bytes)?,
            kind: byte(7)?,
            raw: i16::from_le_bytes(word(8)?),
            time: label(bytes, 10),
        },
        4 => Object::Operation { system: system(bytes)?, flags: byte(2)?, operator: byte(3)?, time: label(bytes, 4) },
        5 => Object::SystemVersion { system: system(bytes)?, version: word(2)? },
        7 => Object::ComponentConfig { component: component(bytes)?, text: bytes.get(7..7 + TEXT)? },
        8 => Object::SystemTime { system: system(bytes)?, time: label(bytes, 2) },
        21 => Object::DeviceState { state: byte(0)?, time: label(bytes, 1) },
        24 => Object::DeviceOperation { flags: byte(0)?, operator: byte(1)?, time: label(bytes, 2) },
        25 => Object::DeviceVersion { version: word(0)? },
        28 => Object::DeviceTime { time: label(bytes, 0) },
        61 | 65 | 66 | 68 => Object::ReadSystem { system: system(bytes)? },
        62 | 63 | 67 => Object::ReadComponent { system: system(bytes)?, address: four(bytes, 2)? },
        64 => Object::ReadOperations { system: system(bytes)?, count: byte(2)?, time: label(bytes, 3) },
        81 | 85 | 86 | 88 | 89 => Object::Reserved { reserved: byte(0)? },
        84 => Object::ReadDeviceOperations { count: byte(0)?, time: label(bytes, 1) },
        90 if bytes.len() == 7 => Object::SetClock { reserved: byte(0), time: label(bytes, 1) },
        90 => Object::SetClock { reserved: None, time: label(bytes, 0) },
        91 if bytes.len() == 2 => Object::PostCheck { reserved: byte(0), minutes: byte(1)? },
        91 => Object::PostCheck { reserved: None, minutes: byte(0)? },
        _ => return None,
    })
}

impl Object<'_> {
    /// Adds its bytes to `out`; the other direction of reading.
    pub fn write(&self, out: &mut Vec<u8>) {
        let put = |out: &mut Vec<u8>, c: &Component| {
            out.extend_from_slice(&[c.system.kind, c.system.address, c.kind]);
            out.extend_from_slice(&c.address);
        };
        match self {
            Self::SystemState { system, state, .. } => {
                out.extend_from_slice(&[system.kind, system.address]);
                out.extend_from_slice(&state.to_le_bytes());
            }
            Self::ComponentState { component, state, text, .. } => {
                put(out, component);
                out.extend_from_slice(&state.to_le_bytes());
                pad(out, text);
            }
            Self::Analog { component, kind, raw, .. } => {
                put(out, component);
                out.push(*kind);
                out.extend_from_slice(&raw.to_le_bytes());
            }
            Self::Operation { system, flags, operator, .. } => {
                out.extend_from_slice(&[system.kind, system.address, *flags, *operator]);
            }
            Self::SystemVersion { system, version: [major, minor] } => {
                out.extend_from_slice(&[system.kind, system.address, *major, *minor]);
            }
            Self::SystemConfig { system, text } => {
                out.extend_from_slice(&[system.kind, system.address]);
                sized(out, text);
            }
            Self::ComponentConfig { component, text } => {
                put(out, component);
                pad(out, text);
            }
            Self::SystemTime { system, .. } | Self::ReadSystem { system } => {
                out.extend_from_slice(&[system.kind, system.address]);
            }
            Self::DeviceState { state: byte, .. }
            | Self::Reserved { reserved: byte }
            | Self::ReadDeviceOperations { count: byte, .. } => out.push(*byte),
            Self::DeviceOperation { flags, operator, .. } => out.extend_from_slice(&[*flags, *operator]),
            Self::DeviceVersion { version } => out.extend_from_slice(version),
            Self::DeviceConfig { text } => sized(out, text),
            Self::DeviceTime { .. } => {}
            Self::ReadComponent { system, address } => {
                out.extend_from_slice(&[system.kind, system.address]);
                out.extend_from_slice(address);
            }
            Self::ReadOperations { system, count, .. } => {
                out.extend_from_slice(&[system.kind, system.address, *count]);
            }
            Self::SetClock { reserved, .. } => out.extend(*reserved),
            Self::PostCheck { reserved, minutes } => {
                out.extend(*reserved);
                out.push(*minutes);
            }
        }
        if let Some(time) = self.time() {
            out.extend_from_slice(&time.0);
        }
    }

    /// Its time label, when it has one.
    #[must_use]
    pub fn time(&self) -> Option<Label> {
        match self {
            Self::SystemState { time, .. }
            | Self::ComponentState { time, .. }
            | Self::Analog { time, .. }
            | Self::Operation { time, .. }
            | Self::SystemTime { time, .. }
            | Self::DeviceState { time, .. }
            | Self::DeviceOperation { time, .. }
            | Self::DeviceTime { time }
            | Self::ReadOperations { time, .. }
            | Self::ReadDeviceOperations { time, .. }
            | Self::SetClock { time, .. } => *time,
            _ => None,
        }
    }
}

fn pad(out: &mut Vec<u8>, text: &[u8]) {
    let text = &text[..text.len().min(TEXT)];
    out.extend_from_slice(text);
    out.extend(std::iter::repeat_n(0, TEXT - text.len()));
}

fn sized(out: &mut Vec<u8>, text: &[u8]) {
    let text = &text[..text.len().min(255)];
    out.push(text.len() as u8);
    out.extend_from_slice(text);
}
