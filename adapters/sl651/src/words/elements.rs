//! The elements of a body: identifier, name of the ASCII form, metric, names for people, unit, width. Data only. The
//! definition byte of a frame always goes before the width that stands here, since devices vary.

/// An element (要素).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element {
    /// Its lead byte in the HEX form.
    pub id: u8,
    /// Its name in the ASCII form.
    pub name: &'static str,
    /// The hub's metric.
    pub metric: &'static str,
    /// For people, Chinese.
    pub zh: &'static str,
    /// For people, English.
    pub en: &'static str,
    /// Unit; empty for none.
    pub unit: &'static str,
    /// N(digits, decimals): all digits.
    pub digits: u8,
    /// N(digits, decimals): those behind the point.
    pub decimals: u8,
}

impl Element {
    /// The definition byte of a device that follows the table: as many bytes as its digits need.
    #[must_use]
    pub const fn def(&self) -> u8 {
        (self.digits.div_ceil(2) << 3) | self.decimals
    }
}

/// By lead byte.
#[must_use]
pub fn by_id(id: u16) -> Option<&'static Element> {
    ELEMENTS.binary_search_by_key(&id, |element| u16::from(element.id)).ok().map(|n| &ELEMENTS[n])
}

/// By the name of the ASCII form.
#[must_use]
pub fn by_name(name: &[u8]) -> Option<&'static Element> {
    ELEMENTS.iter().find(|element| element.name.as_bytes().eq_ignore_ascii_case(name))
}

/// By metric.
#[must_use]
pub fn by_metric(metric: &str) -> Option<&'static Element> {
    ELEMENTS.iter().find(|element| element.metric == metric)
}

#[rustfmt::skip]
const fn e(id: u8, name: &'static str, metric: &'static str, zh: &'static str, en: &'static str, unit: &'static str, (digits, decimals): (u8, u8)) -> Element {
    Element { id, name, metric, zh, en, unit, digits, decimals }
}

/// Every numeric element that the reference names, by ascending lead byte.
#[rustfmt::skip]
pub const ELEMENTS: &[Element] = &[
    e(0x01, "AC", "section_area", "断面面积", "Cross-section area", "m²", (8, 2)),
    e(0x02, "AI", "air_temperature", "瞬时气温", "Air temperature", "℃", (3, 1)),
    e(0x03, "C", "water_temperature", "瞬时水温", "Water temperature", "℃", (3, 1)),
    e(0x05, "DT", "rain_duration", "降水历时", "Duration of rain (hours.minutes)", "h.min", (4, 2)),
    e(0x06, "ED", "evaporation_day", "日蒸发量", "Evaporation of the day", "mm", (5, 1)),
    e(0x07, "EJ", "evaporation_now", "当前蒸发", "Evaporation so far", "mm", (5, 1)),
    e(0x08, "FL", "air_pressure", "气压", "Air pressure", "hPa", (5, 0)),
    e(0x09, "GH", "gate_opening", "闸坝、水库闸门开启高度", "Gate opening", "m", (5, 2)),
    e(0x0A, "GN", "gate_number", "输水设备、闸门编号", "Gate number", "", (3, 0)),
    e(0x0B, "GS", "device_class", "输水设备类别", "Class of conveying device", "", (1, 0)),
    e(0x0C, "GT", "gates_open", "水库、闸坝闸门开启孔数", "Gates open", "", (3, 0)),
    e(0x0D, "GTP", "soil_temperature", "地温", "Ground temperature", "℃", (3, 1)),
    e(0x0E, "H", "groundwater_depth", "地下水瞬时埋深", "Groundwater depth", "m", (6, 2)),
    e(0x0F, "HW", "wave_height", "波浪高度", "Wave height", "m", (5, 2)),
    e(0x10, "M10", "soil_10", "10厘米处土壤含水量", "Soil moisture at 10 cm", "%", (4, 1)),
    e(0x11, "M20", "soil_20", "20厘米处土壤含水量", "Soil moisture at 20 cm", "%", (4, 1)),
    e(0x12, "M30", "soil_30", "30厘米处土壤含水量", "Soil moisture at 30 cm", "%", (4, 1)),
    e(0x13, "M40", "soil_40", "40厘米处土壤含水量", "Soil moisture at 40 cm", "%", (4, 1)),
    e(0x14, "M50", "soil_50", "50厘米处土壤含水量", "Soil moisture at 50 cm", "%", (4, 1)),
    e(0x15, "M60", "soil_60", "60厘米处土壤含水量", "Soil moisture at 60 cm", "%", (4, 1)),
    e(0x16, "M80", "soil_80", "80厘米处土壤含水量", "Soil moisture at 80 cm", "%", (4, 1)),
    e(0x17, "M100", "soil_100", "100厘米处土壤含水量", "Soil moisture at 100 cm", "%", (4, 1)),
    e(0x18, "MST", "moisture", "湿度", "Humidity", "%", (4, 1)),
    e(0x19, "NS", "pumps_on", "开机台数", "Pumps on", "", (4, 0)),
    e(0x1A, "P1", "rain_1h", "1小时时段降水量", "Rain in 1 h", "mm", (5, 1)),
    e(0x1B, "P2", "rain_2h", "2小时时段降水量", "Rain in 2 h", "mm", (5, 1)),
    e(0x1C, "P3", "rain_3h", "3小时时段降水量", "Rain in 3 h", "mm", (5, 1)),
    e(0x1D, "P6", "rain_6h", "6小时时段降水量", "Rain in 6 h", "mm", (5, 1)),
    e(0x1E, "P12", "rain_12h", "12小时时段降水量", "Rain in 12 h", "mm", (5, 1)),
    e(0x1F, "PD", "rain_day", "日降水量", "Rain of the day", "mm", (5, 1)),
    e(0x20, "PJ", "rain_today", "当前降水量", "Rain since the start of the day", "mm", (5, 1)),
    e(0x21, "PN01", "rain_1m", "1分钟时段降水量", "Rain in 1 min", "mm", (5, 1)),
    e(0x22, "PN05", "rain_5m", "5分钟时段降水量", "Rain in 5 min", "mm", (5, 1)),
    e(0x23, "PN10", "rain_10m", "10分钟时段降水量", "Rain in 10 min", "mm", (5, 1)),
    e(0x24, "PN30", "rain_30m", "30分钟时段降水量", "Rain in 30 min", "mm", (5, 1)),
    e(0x25, "PR", "rain_storm", "暴雨量", "Storm rain", "mm", (5, 1)),
    e(0x26, "PT", "rain_total", "降水量累计值", "Rain counter", "mm", (6, 1)),
    e(0x27, "Q", "flow", "瞬时流量、抽水流量", "Flow", "m³/s", (9, 3)),
    e(0x28, "Q1", "intake_flow_1", "取（排）水口流量1", "Flow of intake or outlet 1", "m³/s", (9, 3)),
    e(0x29, "Q2", "intake_flow_2", "取（排）水口流量2", "Flow of intake or outlet 2", "m³/s", (9, 3)),
    e(0x2A, "Q3", "intake_flow_3", "取（排）水口流量3", "Flow of intake or outlet 3", "m³/s", (9, 3)),
    e(0x2B, "Q4", "intake_flow_4", "取（排）水口流量4", "Flow of intake or outlet 4", "m³/s", (9, 3)),
    e(0x2C, "Q5", "intake_flow_5", "取（排）水口流量5", "Flow of intake or outlet 5", "m³/s", (9, 3)),
    e(0x2D, "Q6", "intake_flow_6", "取（排）水口流量6", "Flow of intake or outlet 6", "m³/s", (9, 3)),
    e(0x2E, "Q7", "intake_flow_7", "取（排）水口流量7", "Flow of intake or outlet 7", "m³/s", (9, 3)),
    e(0x2F, "Q8", "intake_flow_8", "取（排）水口流量8", "Flow of intake or outlet 8", "m³/s", (9, 3)),
    e(0x30, "QA", "outflow_total", "总出库流量、过闸总流量", "Total outflow", "m³/s", (9, 3)),
    e(0x31, "QZ", "conveyance_flow", "输水设备流量、过闸（组）流量", "Flow of conveying device", "m³/s", (9, 3)),
    e(0x32, "SW", "sediment_load", "输沙量", "Sediment load", "10⁴ t", (11, 3)),
    e(0x33, "UC", "wind_direction", "风向", "Wind direction (1–16, 1 = north)", "", (2, 0)),
    e(0x34, "UE", "wind_force", "风力（级）", "Wind force", "", (2, 0)),
    e(0x35, "US", "wind_speed", "风速", "Wind speed", "m/s", (4, 1)),
    e(0x36, "VA", "velocity_mean", "断面平均流速", "Mean velocity of the section", "m/s", (5, 3)),
    e(0x37, "VJ", "velocity", "当前瞬时流速", "Velocity", "m/s", (5, 3)),
    e(0x38, "VT", "battery", "电源电压", "Supply voltage", "V", (4, 2)),
    e(0x39, "Z", "level", "瞬时河道水位、潮位", "Level of river or tide", "m", (7, 3)),
    e(0x3A, "ZB", "lower_level", "库（闸、站）下水位", "Level below the dam, gate or station", "m", (7, 3)),
    e(0x3B, "ZU", "upper_level", "库（闸、站）上水位", "Level above the dam, gate or station", "m", (7, 3)),
    e(0x3C, "Z1", "intake_level_1", "取（排）水口水位1", "Level at intake or outlet 1", "m", (7, 3)),
    e(0x3D, "Z2", "intake_level_2", "取（排）水口水位2", "Level at intake or outlet 2", "m", (7, 3)),
    e(0x3E, "Z3", "intake_level_3", "取（排）水口水位3", "Level at intake or outlet 3", "m", (7, 3)),
    e(0x3F, "Z4", "intake_level_4", "取（排）水口水位4", "Level at intake or outlet 4", "m", (7, 3)),
    e(0x40, "Z5", "intake_level_5", "取（排）水口水位5", "Level at intake or outlet 5", "m", (7, 3)),
    e(0x41, "Z6", "intake_level_6", "取（排）水口水位6", "Level at intake or outlet 6", "m", (7, 3)),
    e(0x42, "Z7", "intake_level_7", "取（排）水口水位7", "Level at intake or outlet 7", "m", (7, 3)),
    e(0x43, "Z8", "intake_level_8", "取（排）水口水位8", "Level at intake or outlet 8", "m", (7, 3)),
    e(0x44, "SQ", "sediment", "含沙量", "Sediment concentration", "kg/m³", (9, 3)),
    e(0x46, "pH", "ph", "pH值", "pH", "", (4, 2)),
    e(0x47, "DO", "dissolved_oxygen", "溶解氧", "Dissolved oxygen", "mg/L", (4, 1)),
    e(0x48, "COND", "conductivity", "电导率", "Conductivity", "µS/cm", (5, 0)),
    e(0x49, "TURB", "turbidity", "浊度", "Turbidity", "degree", (3, 0)),
    e(0x4A, "CODMN", "permanganate_index", "高锰酸盐指数", "Permanganate index", "mg/L", (4, 1)),
    e(0x4B, "REDOX", "redox", "氧化还原电位", "Redox potential", "mV", (5, 1)),
    e(0x4C, "NH4N", "ammonia_nitrogen", "氨氮", "Ammonia nitrogen", "mg/L", (6, 2)),
    e(0x4D, "TP", "total_phosphorus", "总磷", "Total phosphorus", "mg/L", (5, 3)),
    e(0x4E, "TN", "total_nitrogen", "总氮", "Total nitrogen", "mg/L", (5, 2)),
    e(0x4F, "TOC", "total_organic_carbon", "总有机碳", "Total organic carbon", "mg/L", (4, 2)),
    e(0x50, "CU", "copper", "铜", "Copper", "mg/L", (7, 4)),
    e(0x51, "ZN", "zinc", "锌", "Zinc", "mg/L", (6, 4)),
    e(0x52, "SE", "selenium", "硒", "Selenium", "mg/L", (7, 5)),
    e(0x53, "AS", "arsenic", "砷", "Arsenic", "mg/L", (7, 5)),
    e(0x54, "THG", "mercury", "总汞", "Total mercury", "mg/L", (7, 5)),
    e(0x55, "CD", "cadmium", "镉", "Cadmium", "mg/L", (7, 5)),
    e(0x56, "PB", "lead", "铅", "Lead", "mg/L", (7, 5)),
    e(0x57, "CHLA", "chlorophyll_a", "叶绿素a", "Chlorophyll a", "mg/L", (4, 2)),
    e(0x58, "WP1", "water_pressure_1", "水压1", "Water pressure 1", "kPa", (5, 2)),
    e(0x59, "WP2", "water_pressure_2", "水压2", "Water pressure 2", "kPa", (5, 2)),
    e(0x5A, "WP3", "water_pressure_3", "水压3", "Water pressure 3", "kPa", (5, 2)),
    e(0x5B, "WP4", "water_pressure_4", "水压4", "Water pressure 4", "kPa", (5, 2)),
    e(0x5C, "WP5", "water_pressure_5", "水压5", "Water pressure 5", "kPa", (5, 2)),
    e(0x5D, "WP6", "water_pressure_6", "水压6", "Water pressure 6", "kPa", (5, 2)),
    e(0x5E, "WP7", "water_pressure_7", "水压7", "Water pressure 7", "kPa", (5, 2)),
    e(0x5F, "WP8", "water_pressure_8", "水压8", "Water pressure 8", "kPa", (5, 2)),
    e(0x60, "SYL1", "remaining_water_1", "水表1剩余水量", "Remaining water of meter 1", "m³", (11, 3)),
    e(0x61, "SYL2", "remaining_water_2", "水表2剩余水量", "Remaining water of meter 2", "m³", (11, 3)),
    e(0x62, "SYL3", "remaining_water_3", "水表3剩余水量", "Remaining water of meter 3", "m³", (11, 3)),
    e(0x63, "SYL4", "remaining_water_4", "水表4剩余水量", "Remaining water of meter 4", "m³", (11, 3)),
    e(0x64, "SYL5", "remaining_water_5", "水表5剩余水量", "Remaining water of meter 5", "m³", (11, 3)),
    e(0x65, "SYL6", "remaining_water_6", "水表6剩余水量", "Remaining water of meter 6", "m³", (11, 3)),
    e(0x66, "SYL7", "remaining_water_7", "水表7剩余水量", "Remaining water of meter 7", "m³", (11, 3)),
    e(0x67, "SYL8", "remaining_water_8", "水表8剩余水量", "Remaining water of meter 8", "m³", (11, 3)),
    e(0x68, "SBL1", "hourly_water_1", "水表1每小时水量", "Hourly water of meter 1", "m³/h", (10, 2)),
    e(0x69, "SBL2", "hourly_water_2", "水表2每小时水量", "Hourly water of meter 2", "m³/h", (10, 2)),
    e(0x6A, "SBL3", "hourly_water_3", "水表3每小时水量", "Hourly water of meter 3", "m³/h", (10, 2)),
    e(0x6B, "SBL4", "hourly_water_4", "水表4每小时水量", "Hourly water of meter 4", "m³/h", (10, 2)),
    e(0x6C, "SBL5", "hourly_water_5", "水表5每小时水量", "Hourly water of meter 5", "m³/h", (10, 2)),
    e(0x6D, "SBL6", "hourly_water_6", "水表6每小时水量", "Hourly water of meter 6", "m³/h", (10, 2)),
    e(0x6E, "SBL7", "hourly_water_7", "水表7每小时水量", "Hourly water of meter 7", "m³/h", (10, 2)),
    e(0x6F, "SBL8", "hourly_water_8", "水表8每小时水量", "Hourly water of meter 8", "m³/h", (10, 2)),
    e(0x70, "VTA", "voltage_a", "交流A相电压", "Voltage of phase A", "V", (4, 1)),
    e(0x71, "VTB", "voltage_b", "交流B相电压", "Voltage of phase B", "V", (4, 1)),
    e(0x72, "VTC", "voltage_c", "交流C相电压", "Voltage of phase C", "V", (4, 1)),
    e(0x73, "VIA", "current_a", "交流A相电流", "Current of phase A", "A", (4, 1)),
    e(0x74, "VIB", "current_b", "交流B相电流", "Current of phase B", "A", (4, 1)),
    e(0x75, "VIC", "current_c", "交流C相电流", "Current of phase C", "A", (4, 1)),
];

#[cfg(test)]
mod tests {
    use super::*;
    use chengshu_core::model::MetricId;
    use std::collections::BTreeSet;

    #[test]
    fn table_is_sorted_and_its_names_are_unique_identifiers() {
        assert!(ELEMENTS.windows(2).all(|pair| pair[0].id < pair[1].id));
        let metrics: BTreeSet<_> = ELEMENTS.iter().map(|element| element.metric).collect();
        let names: BTreeSet<_> = ELEMENTS.iter().map(|element| element.name.to_ascii_lowercase()).collect();
        assert_eq!((metrics.len(), names.len()), (ELEMENTS.len(), ELEMENTS.len()));
        assert!(metrics.iter().all(|metric| MetricId::parse(metric).is_ok()));
        assert_eq!(by_id(0x39).map(|element| element.metric), Some("level"));
        assert_eq!(by_name(b"VT").map(|element| (element.id, element.def())), Some((0x38, 0x12)));
        assert_eq!(by_metric("rain_total").map(|element| element.def()), Some(0x19));
        assert_eq!(by_metric("level").map(|element| element.def()), Some(0x23));
        assert!(by_id(0x45).is_none() && by_id(0xFF01).is_none());
    }
}
