//! Codes of what is measured (因子编码), as data: those of HJ 212-2017 annex B and of the 2005 edition that dust, noise, air
//! and water devices send. A code that does not stand here keeps its own name. Units are what ambient devices really send;
//! a device that differs is told by [`crate::UnitRule`].

/// A code and what the hub calls it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Code {
    /// As the device sends it.
    pub code: &'static str,
    /// The hub's metric.
    pub metric: &'static str,
    /// For people, Chinese.
    pub zh: &'static str,
    /// For people, English.
    pub en: &'static str,
    /// Unit of an ambient device; empty where the reference names none.
    pub unit: &'static str,
    /// Outside of these the value is marked as suspect: physical bounds, for PM10 of the trap with units.
    pub range: Option<(f64, f64)>,
}

const fn code(
    code: &'static str,
    metric: &'static str,
    zh: &'static str,
    en: &'static str,
    unit: &'static str,
) -> Code {
    Code { code, metric, zh, en, unit, range: None }
}

const fn within(low: f64, high: f64, code: Code) -> Code {
    Code { range: Some((low, high)), ..code }
}

/// The codes of 2017 come first: the device side writes the first that fits a metric.
pub const CODES: &[Code] = &[
    code("a34004", "pm25", "细颗粒物", "PM2.5", "µg/m³"),
    within(0.0, 2000.0, code("a34002", "pm10", "可吸入颗粒物", "PM10", "µg/m³")),
    code("a34001", "tsp", "总悬浮颗粒物", "Total suspended particulates", "µg/m³"),
    code("a34005", "pm1", "亚微米颗粒物", "PM1", "µg/m³"),
    code("a01001", "temperature", "温度", "Temperature", "℃"),
    within(0.0, 100.0, code("a01002", "humidity", "湿度", "Humidity", "%")),
    code("a01006", "pressure", "气压", "Air pressure", "kPa"),
    code("a01007", "wind_speed", "风速", "Wind speed", "m/s"),
    within(0.0, 360.0, code("a01008", "wind_direction", "风向", "Wind direction", "°")),
    code("LA", "la", "A声级", "A-weighted level", "dB(A)"),
    code("Leq", "laeq", "等效声级", "Equivalent level", "dB(A)"),
    code("LMx", "lamax", "最大声级", "Maximum level", "dB(A)"),
    code("LMn", "lamin", "最小声级", "Minimum level", "dB(A)"),
    code("L10", "l10", "累积百分声级L10", "Level exceeded 10 % of the time", "dB(A)"),
    code("L50", "l50", "累积百分声级L50", "Level exceeded 50 % of the time", "dB(A)"),
    code("L90", "l90", "累积百分声级L90", "Level exceeded 90 % of the time", "dB(A)"),
    code("Ld", "ld", "昼间等效声级", "Day level", "dB(A)"),
    code("Ln", "ln", "夜间等效声级", "Night level", "dB(A)"),
    code("Ldn", "ldn", "昼夜等效声级", "Day-night level", "dB(A)"),
    code("a21026", "so2", "二氧化硫", "Sulphur dioxide", "µg/m³"),
    code("a21002", "nox", "氮氧化物", "Nitrogen oxides", "µg/m³"),
    code("a21004", "no2", "二氧化氮", "Nitrogen dioxide", "µg/m³"),
    code("a21005", "co", "一氧化碳", "Carbon monoxide", "mg/m³"),
    code("a05024", "o3", "臭氧", "Ozone", "µg/m³"),
    within(0.0, 14.0, code("w01001", "ph", "pH值", "pH", "")),
    code("w01018", "cod", "化学需氧量", "Chemical oxygen demand", "mg/L"),
    code("w01019", "codmn", "高锰酸盐指数", "Permanganate index", "mg/L"),
    code("w21003", "nh3n", "氨氮", "Ammonia nitrogen", "mg/L"),
    code("w21011", "tp", "总磷", "Total phosphorus", "mg/L"),
    code("w21001", "tn", "总氮", "Total nitrogen", "mg/L"),
    code("w01009", "do", "溶解氧", "Dissolved oxygen", "mg/L"),
    code("w01010", "water_temperature", "水温", "Water temperature", "℃"),
    code("w01014", "conductivity", "电导率", "Conductivity", "µS/cm"),
    code("w01003", "turbidity", "浊度", "Turbidity", "NTU"),
    code("w00000", "flow", "污水流量", "Flow", "L/s"),
    // HJ/T 212-2005
    within(0.0, 14.0, code("001", "ph", "pH值", "pH", "")),
    code("011", "cod", "化学需氧量", "Chemical oxygen demand", "mg/L"),
    code("060", "nh3n", "氨氮", "Ammonia nitrogen", "mg/L"),
    code("101", "tp", "总磷", "Total phosphorus", "mg/L"),
    code("065", "tn", "总氮", "Total nitrogen", "mg/L"),
    code("B01", "flow", "污水流量", "Flow", "L/s"),
    code("B02", "gas_flow", "废气流量", "Gas flow", ""),
];

/// What stands under this code, in whatever case it is written.
#[must_use]
pub fn find(code: &[u8]) -> Option<&'static Code> {
    CODES.iter().find(|known| known.code.as_bytes().eq_ignore_ascii_case(code))
}

/// The code that a device of 2017 sends for a metric.
#[must_use]
pub fn of_metric(metric: &str) -> Option<&'static Code> {
    CODES.iter().find(|known| known.metric == metric)
}
