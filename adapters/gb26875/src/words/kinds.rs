//! Commands, types of application data, systems and components by number.

/// A number and what it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// The number in the frame.
    pub id: u8,
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

const fn w(id: u8, zh: &'static str, en: &'static str) -> Word {
    Word { id, zh, en }
}

/// Finds a number in one of the tables, all of which are in order.
#[must_use]
pub fn word(table: &'static [Word], id: u8) -> Option<&'static Word> {
    table.binary_search_by_key(&id, |row| row.id).ok().map(|at| &table[at])
}

/// Commands of the control unit. The English word is what stands behind the number in a decoded frame.
pub const COMMANDS: &[Word] = &[
    w(1, "控制", "control"),
    w(2, "发送数据", "send"),
    w(3, "确认", "confirm"),
    w(4, "请求", "request"),
    w(5, "应答", "answer"),
    w(6, "否认", "deny"),
];

/// Types of application data (类型标志).
pub const TYPES: &[Word] = &[
    w(1, "上传建筑消防设施系统状态", "System state"),
    w(2, "上传建筑消防设施部件运行状态", "Component state"),
    w(3, "上传建筑消防设施部件模拟量值", "Analog value"),
    w(4, "上传建筑消防设施操作信息", "System operation"),
    w(5, "上传建筑消防设施软件版本", "System software version"),
    w(6, "上传建筑消防设施系统配置情况", "System configuration"),
    w(7, "上传建筑消防设施部件配置情况", "Component configuration"),
    w(8, "上传建筑消防设施系统时间", "System time"),
    w(21, "上传用户信息传输装置运行状态", "Device state"),
    w(24, "上传用户信息传输装置操作信息", "Device operation"),
    w(25, "上传用户信息传输装置软件版本", "Device software version"),
    w(26, "上传用户信息传输装置配置情况", "Device configuration"),
    w(28, "上传用户信息传输装置系统时间", "Device time"),
    w(61, "读建筑消防设施系统状态", "Read system state"),
    w(62, "读建筑消防设施部件运行状态", "Read component state"),
    w(63, "读建筑消防设施部件模拟量值", "Read analog value"),
    w(64, "读建筑消防设施操作信息", "Read system operations"),
    w(65, "读建筑消防设施软件版本", "Read system software version"),
    w(66, "读建筑消防设施系统配置情况", "Read system configuration"),
    w(67, "读建筑消防设施部件配置情况", "Read component configuration"),
    w(68, "读建筑消防设施系统时间", "Read system time"),
    w(81, "读用户信息传输装置运行状态", "Read device state"),
    w(84, "读用户信息传输装置操作信息", "Read device operations"),
    w(85, "读用户信息传输装置软件版本", "Read device software version"),
    w(86, "读用户信息传输装置配置情况", "Read device configuration"),
    w(88, "读用户信息传输装置系统时间", "Read device time"),
    w(89, "初始化用户信息传输装置", "Initialise device"),
    w(90, "同步用户信息传输装置时钟", "Set device clock"),
    w(91, "查岗命令", "Post check"),
];

/// Types of systems (系统类型).
pub const SYSTEMS: &[Word] = &[
    w(0, "通用", "General"),
    w(1, "火灾报警系统", "Fire alarm"),
    w(10, "消防联动控制器", "Linkage controller"),
    w(11, "消火栓系统", "Hydrants"),
    w(12, "自动喷水灭火系统", "Sprinklers"),
    w(13, "气体灭火系统", "Gas extinguishing"),
    w(14, "水喷雾灭火系统", "Water spray"),
    w(15, "细水雾灭火系统", "Water mist"),
    w(16, "泡沫灭火系统", "Foam"),
    w(17, "干粉灭火系统", "Powder"),
    w(18, "防烟排烟系统", "Smoke control"),
    w(19, "防火门及卷帘系统", "Fire doors and shutters"),
    w(20, "消防电梯", "Fire lift"),
    w(21, "消防应急广播", "Emergency broadcast"),
    w(22, "消防应急照明和疏散指示系统", "Emergency light"),
    w(23, "消防电源", "Fire power supply"),
    w(24, "消防电话", "Fire telephone"),
];

/// Types of components (部件类型).
pub const COMPONENTS: &[Word] = &[
    w(0, "通用", "General"),
    w(1, "火灾报警控制器", "Fire alarm controller"),
    w(10, "可燃气体探测器", "Combustible gas detector"),
    w(11, "点型可燃气体探测器", "Point gas detector"),
    w(12, "独立式可燃气体探测器", "Stand-alone gas detector"),
    w(13, "线型可燃气体探测器", "Line gas detector"),
    w(16, "电气火灾监控报警器", "Electrical fire panel"),
    w(17, "剩余电流式电气火灾监控探测器", "Residual-current detector"),
    w(18, "测温式电气火灾监控探测器", "Temperature detector, electrical"),
    w(21, "探测回路", "Detection loop"),
    w(22, "火灾显示盘", "Fire display"),
    w(23, "手动火灾报警按钮", "Manual call point"),
    w(24, "消火栓按钮", "Hydrant button"),
    w(25, "火灾探测器", "Fire detector"),
    w(30, "感温火灾探测器", "Heat detector"),
    w(31, "点型感温火灾探测器", "Point heat detector"),
    w(34, "线型感温火灾探测器", "Line heat detector"),
    w(37, "光纤感温火灾探测器", "Fibre heat detector"),
    w(40, "感烟火灾探测器", "Smoke detector"),
    w(41, "点型离子感烟火灾探测器", "Ion smoke detector"),
    w(42, "点型光电感烟火灾探测器", "Photoelectric smoke detector"),
    w(43, "线型光束感烟火灾探测器", "Beam smoke detector"),
    w(44, "吸气式感烟火灾探测器", "Aspirating smoke detector"),
    w(50, "复合式火灾探测器", "Combined detector"),
    w(51, "复合式感烟感温火灾探测器", "Combined smoke and heat detector"),
    w(52, "复合式感光感温火灾探测器", "Combined flame and heat detector"),
    w(53, "复合式感光感烟火灾探测器", "Combined flame and smoke detector"),
    w(61, "紫外火焰探测器", "UV flame detector"),
    w(62, "红外火焰探测器", "IR flame detector"),
    w(69, "感光火灾探测器", "Flame detector"),
    w(74, "气体探测器", "Gas detector"),
    w(78, "图像摄像方式火灾探测器", "Image fire detector"),
    w(79, "感声火灾探测器", "Sound fire detector"),
    w(81, "气体灭火控制器", "Gas extinguishing controller"),
    w(82, "消防电气控制装置", "Electrical control"),
    w(83, "消防控制室图形显示装置", "Control-room display"),
    w(84, "模块", "Module"),
    w(85, "输入模块", "Input module"),
    w(86, "输出模块", "Output module"),
    w(87, "输入/输出模块", "Input/output module"),
    w(88, "中继模块", "Relay module"),
    w(91, "消防水泵", "Fire pump"),
    w(92, "消防水箱", "Fire-water tank"),
    w(95, "喷淋泵", "Sprinkler pump"),
    w(96, "水流指示器", "Flow indicator"),
    w(97, "信号阀", "Signal valve"),
    w(98, "报警阀", "Alarm valve"),
    w(99, "压力开关", "Pressure switch"),
    w(101, "阀驱动装置", "Valve drive"),
    w(102, "防火门", "Fire door"),
    w(103, "防火阀", "Fire damper"),
    w(104, "通风空调", "Ventilation"),
    w(105, "泡沫液泵", "Foam pump"),
    w(106, "管网电磁阀", "Solenoid valve"),
    w(111, "防烟排烟风机", "Smoke fan"),
    w(113, "排烟防火阀", "Smoke exhaust damper"),
    w(114, "常闭送风口", "Supply vent"),
    w(115, "排烟口", "Exhaust vent"),
    w(116, "电控挡烟垂壁", "Smoke curtain"),
    w(117, "防火卷帘控制器", "Fire shutter controller"),
    w(118, "防火门监控器", "Fire door monitor"),
    w(121, "警报装置", "Sounder"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_in_order_without_doubles() {
        for table in [COMMANDS, TYPES, SYSTEMS, COMPONENTS] {
            assert!(table.is_sorted_by(|a, b| a.id < b.id));
            assert!(table.iter().all(|row| !row.zh.is_empty() && !row.en.is_empty()));
        }
        assert_eq!(word(COMPONENTS, 42).unwrap().zh, "点型光电感烟火灾探测器");
        assert_eq!(word(COMPONENTS, 200), None);
    }
}
