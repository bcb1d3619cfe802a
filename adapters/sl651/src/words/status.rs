//! The bits of the status word 4520 as metrics of a device's health: one 0/1 metric per bit, 1 is what the name says.

/// A bit of the status word (状态和报警).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusBit {
    /// Its number, 0 to 31.
    pub bit: u8,
    /// The hub's metric.
    pub metric: &'static str,
    /// True: the bit is 0 when the metric is 1.
    pub inverted: bool,
    /// For people, Chinese.
    pub zh: &'static str,
    /// For people, English.
    pub en: &'static str,
}

const fn b(bit: u8, metric: &'static str, inverted: bool, zh: &'static str, en: &'static str) -> StatusBit {
    StatusBit { bit, metric, inverted, zh, en }
}

/// All that are not reserved.
pub const BITS: &[StatusBit] = &[
    b(0, "mains_off", false, "交流电断电", "Mains off"),
    b(1, "battery_low", false, "蓄电池电压低", "Battery low"),
    b(2, "level_over", false, "水位超限", "Level over limit"),
    b(3, "flow_over", false, "流量超限", "Flow over limit"),
    b(4, "quality_over", false, "水质超限", "Water quality over limit"),
    b(5, "flow_meter_fault", false, "流量仪表故障", "Flow meter fault"),
    b(6, "level_meter_fault", false, "水位仪表故障", "Level meter fault"),
    b(7, "door_open", true, "终端箱门开启", "Box door open"),
    b(8, "storage_fault", false, "存储器异常", "Storage fault"),
    b(9, "ic_card", false, "IC卡功能有效", "IC card on"),
    b(10, "pump_running", true, "水泵工作", "Pump running"),
    b(11, "water_over", false, "剩余水量超限", "Remaining water over limit"),
];
