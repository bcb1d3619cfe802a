//! Types of analog values (模拟量类型): metric, unit and scale of the 16-bit number.

/// A type of analog value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Analog {
    /// Its number in the frame.
    pub kind: u8,
    /// The metric that it becomes.
    pub metric: &'static str,
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
    /// The unit of the value; empty: none.
    pub unit: &'static str,
    /// Decimals: the raw number is divided by ten to this power.
    pub decimals: u8,
}

/// Clause 8.3, analog values of components.
pub const ANALOGS: [Analog; 12] = [
    a(1, "count", "事件计数", "Event count", "", 0),
    a(2, "height", "高度", "Height", "m", 2),
    a(3, "temperature", "温度", "Temperature", "℃", 1),
    a(4, "pressure_mpa", "压力（MPa）", "Pressure, MPa", "MPa", 1),
    a(5, "pressure_kpa", "压力（kPa）", "Pressure, kPa", "kPa", 1),
    a(6, "gas", "气体浓度", "Gas concentration", "%LEL", 1),
    a(7, "time_s", "时间", "Time", "s", 0),
    a(8, "voltage", "电压", "Voltage", "V", 1),
    a(9, "current", "电流", "Current", "A", 1),
    a(10, "flow_l_s", "流量（L/s）", "Flow, L/s", "L/s", 1),
    a(11, "flow_m3_min", "流量（m³/min）", "Flow, m³/min", "m³/min", 1),
    a(12, "wind_speed", "风速", "Wind speed", "m/s", 0),
];

const fn a(
    kind: u8,
    metric: &'static str,
    zh: &'static str,
    en: &'static str,
    unit: &'static str,
    decimals: u8,
) -> Analog {
    Analog { kind, metric, zh, en, unit, decimals }
}

/// The type of this number, when the standard knows it.
#[must_use]
pub fn analog(kind: u8) -> Option<&'static Analog> {
    ANALOGS.get(usize::from(kind).checked_sub(1)?)
}

impl Analog {
    /// The value of a raw number.
    #[must_use]
    pub fn value(&self, raw: i16) -> f64 {
        f64::from(raw) / 10_f64.powi(i32::from(self.decimals))
    }

    /// The raw number of a value; none when 16 bits do not hold it.
    #[must_use]
    pub fn raw(&self, value: f64) -> Option<i16> {
        let scaled = (value * 10_f64.powi(i32::from(self.decimals))).round();
        let holds = (f64::from(i16::MIN)..=f64::from(i16::MAX)).contains(&scaled);
        holds.then_some(scaled as i16)
    }

    /// The value as exact text, e.g. `0.5`.
    #[must_use]
    pub fn text(&self, raw: i16) -> String {
        format!("{:.*}", usize::from(self.decimals), self.value(raw))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_in_order_and_scales_are_exact() {
        for (number, row) in (1..).zip(&ANALOGS) {
            assert_eq!(row.kind, number);
            assert_eq!(analog(number), Some(row));
            for raw in [i16::MIN, -1, 0, 1, 5, 12_345, i16::MAX] {
                assert_eq!(row.raw(row.value(raw)), Some(raw));
            }
        }
        assert_eq!((analog(0), analog(13)), (None, None));
        let texts = [(2, 123, "1.23"), (3, -55, "-5.5"), (9, 5, "0.5"), (12, 7, "7")];
        for (kind, raw, text) in texts {
            assert_eq!(analog(kind).unwrap().text(raw), text);
        }
        assert_eq!(analog(3).unwrap().raw(4000.0), None);
    }
}
