//! What people want a device to do, as an adapter gets it, and how it went. Who may ask and who must agree is decided
//! elsewhere; here it has been decided.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{DeviceId, ThemeId, Timestamp};

/// The number of a command, unique in the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommandId(pub i64);

/// A command to a device (下行指令), approved and due.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Its number.
    pub id: CommandId,
    /// To whom.
    pub device: DeviceId,
    /// The theme that the device belongs to.
    pub theme: ThemeId,
    /// What shall be done, in the adapter's vocabulary, e.g. `read_now`, `set_clock`.
    pub name: String,
    /// With what, by name.
    pub params: Map<String, Value>,
    /// Worthless after this.
    pub expires: Timestamp,
}

/// How a command goes (指令状态), as the adapter tells it.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// It is on the wire.
    Sent,
    /// The device answered: it was done; what it answered, as JSON.
    Confirmed(Value),
    /// It cannot be done, or the device refused: a stable code, and words for whoever asked.
    Failed(&'static str, String),
}

/// What a parameter of a command must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamForm {
    /// A text, e.g. a list of elements.
    Text,
    /// A whole number from the first to the second.
    Whole(i64, i64),
    /// A moment, RFC 3339.
    Time,
}

/// A parameter of a command (参数).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Param {
    /// Its name in [`Order::params`].
    pub name: &'static str,
    /// For people, Chinese.
    pub zh: &'static str,
    /// For people, English.
    pub en: &'static str,
    /// What it must be.
    pub form: ParamForm,
    /// False: the adapter has a default of its own.
    pub required: bool,
}

/// A command that a protocol knows (指令类型): what a screen offers and what the API takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandKind {
    /// Its name in [`Order::name`], e.g. `read_now`.
    pub name: &'static str,
    /// For people, Chinese.
    pub zh: &'static str,
    /// For people, English.
    pub en: &'static str,
    /// Standard and clause, e.g. `SL 651-2014, function 37`.
    pub source: &'static str,
    /// True: it changes what is lost, and is only sent when a second person has agreed.
    pub dangerous: bool,
    /// What goes with it.
    pub params: &'static [Param],
}
