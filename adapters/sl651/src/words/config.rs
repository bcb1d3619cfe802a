//! Configuration items, basic (40, 41) and run (42, 43): identifier, definition byte, names. Items without a definition
//! byte were not seen in any frame; whoever writes them has to say it.

/// A configuration item (配置参数).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfigItem {
    /// Its identifier.
    pub id: u8,
    /// True: of the run configuration.
    pub run: bool,
    /// Its definition byte as sample frames have it; lengths of channels vary.
    pub def: Option<u8>,
    /// For people, Chinese.
    pub zh: &'static str,
    /// For people, English.
    pub en: &'static str,
}

/// By table and identifier.
#[must_use]
pub fn config_item(run: bool, id: u8) -> Option<&'static ConfigItem> {
    CONFIG.iter().find(|item| item.run == run && item.id == id)
}

const fn basic(id: u8, def: Option<u8>, zh: &'static str, en: &'static str) -> ConfigItem {
    ConfigItem { id, run: false, def, zh, en }
}

const fn run(id: u8, def: Option<u8>, zh: &'static str, en: &'static str) -> ConfigItem {
    ConfigItem { id, run: true, def, zh, en }
}

/// Those that the reference names.
pub const CONFIG: &[ConfigItem] = &[
    basic(0x01, Some(0x20), "中心站地址", "centre addresses"),
    basic(0x02, Some(0x28), "遥测站地址", "station address"),
    basic(0x03, Some(0x10), "密码", "password"),
    basic(0x04, None, "中心站1主信道", "centre 1, main channel"),
    basic(0x05, None, "中心站1备用信道", "centre 1, spare channel"),
    basic(0x06, None, "中心站2主信道", "centre 2, main channel"),
    basic(0x07, None, "中心站2备用信道", "centre 2, spare channel"),
    basic(0x08, None, "中心站3主信道", "centre 3, main channel"),
    basic(0x09, None, "中心站3备用信道", "centre 3, spare channel"),
    basic(0x0A, None, "中心站4主信道", "centre 4, main channel"),
    basic(0x0B, None, "中心站4备用信道", "centre 4, spare channel"),
    basic(0x0C, Some(0x08), "工作方式", "mode"),
    basic(0x0D, Some(0x40), "遥测站采集要素设置", "elements that are measured"),
    basic(0x0F, None, "遥测站通信设备识别号", "identity of the modem"),
    run(0x20, Some(0x08), "定时报时间间隔（小时）", "report interval, h"),
    run(0x21, Some(0x08), "加报时间间隔（分钟）", "added-report interval, min"),
    run(0x22, Some(0x08), "降水量日起始时间", "start of the rain day, h"),
    run(0x23, Some(0x10), "采样间隔（秒）", "sampling interval, s"),
    run(0x24, Some(0x08), "水位数据存储间隔（分钟）", "storing interval, min"),
    run(0x25, Some(0x09), "雨量计分辨力（毫米）", "rain gauge resolution, mm"),
    run(0x26, Some(0x09), "水位计分辨力（厘米）", "level gauge resolution, cm"),
    run(0x27, Some(0x08), "雨量加报阈值（毫米）", "rain threshold of added reports, mm"),
    run(0x28, Some(0x23), "水位基值1", "level base 1, m"),
    run(0x29, Some(0x23), "水位基值2", "level base 2, m"),
    run(0x2A, Some(0x23), "水位基值3", "level base 3, m"),
    run(0x2B, Some(0x23), "水位基值4", "level base 4, m"),
    run(0x2C, Some(0x23), "水位基值5", "level base 5, m"),
    run(0x2D, Some(0x23), "水位基值6", "level base 6, m"),
    run(0x2E, Some(0x23), "水位基值7", "level base 7, m"),
    run(0x2F, Some(0x23), "水位基值8", "level base 8, m"),
    run(0x30, Some(0x1B), "水位修正基值1", "level correction 1, m"),
    run(0x38, Some(0x12), "加报水位1", "added-report level 1, m"),
    run(0x40, Some(0x12), "加报水位以上加报阈值", "rise threshold above it, m"),
    run(0x41, Some(0x12), "加报水位以下加报阈值", "rise threshold below it, m"),
];
