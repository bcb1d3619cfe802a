//! The words that every part of the house shares, one file each. Plain data and pure functions; nothing here waits,
//! opens or remembers.

mod alarm;
mod channel;
mod command;
mod datum;
mod delivery;
mod device;
mod entry;
mod event;
mod freshness;
mod ids;
mod limits;
mod net;
mod quality;
mod reading;
mod rejected;
mod rule;
mod text;
mod theme;
mod time;

pub use alarm::{Alarm, AlarmId, Crossing, Limit, Severity, Transition};
pub use channel::{Channel, RobotSecret};
pub use command::{CommandId, CommandKind, Order, Param, ParamForm, Progress};
pub use datum::Datum;
pub use delivery::{Birth, Delivery, Presence};
pub use device::{Device, Place};
pub use entry::{Day, Details, Entry, Registration};
pub use event::Event;
pub use freshness::{DeviceState, Freshness};
pub use ids::{BadName, DeviceId, KindId, KpiId, LinkId, MetricId, RuleId, ThemeId};
pub use limits::Limits;
pub use net::{AddressGuard, BadNet, Net};
pub use quality::Quality;
pub use reading::{Reading, TimeLimits};
pub use rejected::{Reason, Rejected};
pub use rule::{Hours, Others, Repeat, Rule, RuleInput, RuleScope, RuleStep, Signal, Timing};
pub use text::{Label, Lang};
pub use theme::{Aggregate, Certainty, Direction, Kind, Kpi, Metric, Theme};
pub use time::{BadTime, Timestamp};
