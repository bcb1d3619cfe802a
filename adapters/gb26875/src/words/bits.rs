//! Bits of states and operations: the metric and the event that each becomes, and how grave that is.

use chengshu_core::model::Severity;

/// A bit of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bit {
    /// Its place; 0 is the lowest.
    pub bit: u8,
    /// Its metric, 0 or 1.
    pub metric: &'static str,
    /// The event when it is set; `…_cleared` when it goes.
    pub event: &'static str,
    /// Chinese, of the set bit.
    pub zh: &'static str,
    /// English, of the set bit.
    pub en: &'static str,
    /// Of the event when it is set.
    pub severity: Severity,
}

const fn b(
    bit: u8,
    metric: &'static str,
    event: &'static str,
    zh: &'static str,
    en: &'static str,
    severity: Severity,
) -> Bit {
    Bit { bit, metric, event, zh, en, severity }
}

use Severity::{Critical, General, Important};

const FIRE: Bit = b(1, "fire", "fire", "火警", "Fire", Critical);
const FAULT: Bit = b(2, "fault", "fault", "故障", "Fault", Important);
const SHIELDED: Bit = b(3, "shielded", "shielded", "屏蔽", "Shielded", Important);
const SUPERVISED: Bit = b(4, "supervised", "supervised", "监管", "Supervised", Important);
const STARTED: Bit = b(5, "started", "started", "启动", "Started", Important);
const FEEDBACK: Bit = b(6, "feedback", "feedback", "反馈", "Feedback", General);
const DELAYED: Bit = b(7, "delayed", "delayed", "延时", "Delayed", General);

/// Of a building fire system (type 1). Bit 0 is told as `test_hint`.
pub const SYSTEM_BITS: [Bit; 13] = [
    FIRE,
    FAULT,
    SHIELDED,
    SUPERVISED,
    STARTED,
    FEEDBACK,
    DELAYED,
    b(8, "main_power_fault", "main_power_fault", "主电故障", "Mains fault", Important),
    b(9, "backup_power_fault", "backup_power_fault", "备电故障", "Backup power fault", Important),
    b(10, "bus_fault", "bus_fault", "总线故障", "Bus fault", Important),
    b(11, "manual", "manual", "手动状态", "Manual", General),
    b(12, "config_changed", "config_changed", "配置改变", "Configuration changed", General),
    b(13, "reset", "reset", "复位", "Reset", General),
];

/// Of a component (type 2). Bit 0 is told as `test_hint`.
pub const COMPONENT_BITS: [Bit; 8] = [
    FIRE,
    FAULT,
    SHIELDED,
    SUPERVISED,
    STARTED,
    FEEDBACK,
    DELAYED,
    b(8, "power_fault", "power_fault", "电源故障", "Power fault", Important),
];

/// Of the transmission device itself (type 21).
pub const DEVICE_BITS: [Bit; 6] = [
    FIRE,
    FAULT,
    b(3, "main_power", "main_power_fault", "主电故障", "Mains fault", Important),
    b(4, "backup_power", "backup_power_fault", "备电故障", "Backup power fault", Important),
    b(5, "platform_line", "platform_line_fault", "与监控中心通信信道故障", "Line to the platform at fault", Important),
    b(6, "panel_line", "panel_line_fault", "监测连接线路故障", "Line to the panel at fault", Important),
];

/// A flag of an operation (操作标志).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// Its place; 0 is the lowest.
    pub bit: u8,
    /// The event.
    pub event: &'static str,
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
    /// Of the event.
    pub severity: Severity,
}

const fn o(bit: u8, event: &'static str, zh: &'static str, en: &'static str, severity: Severity) -> Operation {
    Operation { bit, event, zh, en, severity }
}

const RESET: Operation = o(0, "operation_reset", "复位", "Reset", General);
const MUTE: Operation = o(1, "operation_mute", "消音", "Mute", General);
const MANUAL_ALARM: Operation = o(2, "operation_manual_alarm", "手动报警", "Manual alarm", Severity::Urgent);
const CLEAR: Operation = o(3, "operation_clear", "警情消除", "Alarm cleared", General);
const SELF_TEST: Operation = o(4, "operation_self_test", "自检", "Self-test", General);
const TEST: Operation = o(6, "operation_test", "测试", "Test", General);

/// Of a building fire system (type 4).
pub const OPERATIONS: [Operation; 7] =
    [RESET, MUTE, MANUAL_ALARM, CLEAR, SELF_TEST, o(5, "operation_confirm", "确认", "Confirm", General), TEST];

/// Of the transmission device (type 24): its bit 5 is the duty officer's answer to a post check (查岗应答).
pub const DEVICE_OPERATIONS: [Operation; 7] = [
    RESET,
    MUTE,
    MANUAL_ALARM,
    CLEAR,
    SELF_TEST,
    o(5, "post_check_answer", "查岗应答", "Post check answered", General),
    TEST,
];
