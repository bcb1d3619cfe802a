//! Function codes and their names.

/// A function (功能码).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Function {
    /// Its byte.
    pub code: u8,
    /// For people, Chinese.
    pub zh: &'static str,
    /// For people, English.
    pub en: &'static str,
}

/// By its byte.
#[must_use]
pub fn function(code: u8) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.code == code)
}

const fn f(code: u8, zh: &'static str, en: &'static str) -> Function {
    Function { code, zh, en }
}

/// All of them; E0–FF belong to users.
pub const FUNCTIONS: &[Function] = &[
    f(0x2F, "链路维持报", "link keep"),
    f(0x30, "测试报", "test"),
    f(0x31, "均匀时段水文信息报", "uniform interval report"),
    f(0x32, "遥测站定时报", "timed report"),
    f(0x33, "遥测站加报报", "added report"),
    f(0x34, "遥测站小时报", "hourly report"),
    f(0x35, "遥测站人工置数报", "manual report"),
    f(0x36, "遥测站图片报", "picture"),
    f(0x37, "中心站查询遥测站实时数据", "query now"),
    f(0x38, "中心站查询遥测站时段数据", "query period"),
    f(0x39, "中心站查询遥测站人工置数", "query manual"),
    f(0x3A, "中心站查询遥测站指定要素数据", "query named elements"),
    f(0x40, "中心站修改遥测站基本配置表", "write basic configuration"),
    f(0x41, "中心站读取遥测站基本配置表", "read basic configuration"),
    f(0x42, "中心站修改遥测站运行参数配置表", "write run configuration"),
    f(0x43, "中心站读取遥测站运行参数配置表", "read run configuration"),
    f(0x44, "查询水泵电机实时工作数据", "pump motor"),
    f(0x45, "查询遥测终端软件版本", "software version"),
    f(0x46, "查询遥测站状态和报警信息", "status and alarms"),
    f(0x47, "初始化固态存储数据", "clear storage"),
    f(0x48, "恢复终端出厂设置", "factory reset"),
    f(0x49, "修改密码", "change password"),
    f(0x4A, "设置遥测站时钟", "set clock"),
    f(0x4B, "设置遥测终端IC卡状态", "set IC card state"),
    f(0x4C, "控制水泵开关", "switch pumps"),
    f(0x4D, "控制阀门开关", "switch valves"),
    f(0x4E, "控制闸门开关", "switch gates"),
    f(0x4F, "水量定值控制", "water quota control"),
    f(0x50, "中心站查询遥测站事件记录", "event record"),
    f(0x51, "中心站查询遥测站时钟", "read clock"),
];
