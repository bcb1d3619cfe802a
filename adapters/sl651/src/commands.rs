//! What an operator may ask of a station. Data for screens and the API; who may ask and who must agree is decided elsewhere.

use chengshu_core::model::{CommandKind, Param, ParamForm};

const fn kind(
    name: &'static str,
    zh: &'static str,
    en: &'static str,
    source: &'static str,
    dangerous: bool,
    params: &'static [Param],
) -> CommandKind {
    CommandKind { name, zh, en, source, dangerous, params }
}

const fn text(name: &'static str, zh: &'static str, en: &'static str, required: bool) -> Param {
    Param { name, zh, en, form: ParamForm::Text, required }
}

const READ_ITEMS: &[Param] =
    &[text("items", "参数标识，如 20,28", "identifiers, e.g. 20,28; none: all that are known", false)];
const WRITE_BASIC: &[Param] = &[text("items", "参数=值，如 0C=02", "identifier=hexadecimal digits, e.g. 0C=02", true)];
const WRITE_RUN: &[Param] =
    &[text("items", "参数=值，如 20=1,28=10.000", "identifier=number, e.g. 20=1,28=10.000", true)];
const STATES: &[Param] =
    &[text("states", "各台状态，1开0关，如 1,0", "states from number 1 on, 1 is on: e.g. 1,0", true)];

/// All commands; `Talk::order` obeys exactly these.
pub const COMMANDS: &[CommandKind] = &[
    kind("read_now", "查询实时数据", "Read values now", "SL 651-2014, function 37", false, &[]),
    kind(
        "read_period",
        "查询时段数据",
        "Read values of a period",
        "SL 651-2014, function 38",
        false,
        &[
            Param {
                name: "from",
                zh: "起始时间（小时）",
                en: "from, to the hour",
                form: ParamForm::Time,
                required: true,
            },
            Param {
                name: "to", zh: "结束时间（小时）", en: "to, to the hour", form: ParamForm::Time, required: true
            },
            text("element", "要素，如 Z 或 39", "element, e.g. Z or 39", true),
            Param {
                name: "step",
                zh: "时间步长（分钟），0为每小时12组",
                en: "step, min; 0: hours in twelve (DRP, DRZ1)",
                form: ParamForm::Whole(0, 43_200),
                required: false,
            },
        ],
    ),
    kind(
        "read_elements",
        "查询指定要素实时数据",
        "Read named elements now",
        "SL 651-2014, function 3A",
        false,
        &[text("elements", "要素，如 Z,VT", "elements, e.g. Z,VT or 39,38", true)],
    ),
    kind("read_basic", "读取基本配置", "Read basic configuration", "SL 651-2014, function 41", false, READ_ITEMS),
    kind("write_basic", "修改基本配置", "Write basic configuration", "SL 651-2014, function 40", false, WRITE_BASIC),
    kind("read_run", "读取运行参数", "Read run configuration", "SL 651-2014, function 43", false, READ_ITEMS),
    kind("write_run", "修改运行参数", "Write run configuration", "SL 651-2014, function 42", false, WRITE_RUN),
    kind("read_clock", "查询时钟", "Read clock", "SL 651-2014, function 51", false, &[]),
    kind("set_clock", "设置时钟", "Set clock", "SL 651-2014, function 4A", false, &[]),
    kind("read_version", "查询软件版本", "Read software version", "SL 651-2014, function 45", false, &[]),
    kind("read_status", "查询状态和报警", "Read status and alarms", "SL 651-2014, function 46", false, &[]),
    kind("read_events", "查询事件记录", "Read event record", "SL 651-2014, function 50", false, &[]),
    kind("clear_storage", "初始化固态存储", "Clear storage", "SL 651-2014, function 47", true, &[]),
    kind("factory_reset", "恢复出厂设置", "Factory reset", "SL 651-2014, function 48", true, &[]),
    kind(
        "set_password",
        "修改密码",
        "Change password",
        "SL 651-2014, function 49",
        true,
        &[text("password", "新密码，四位十六进制数", "new password, four hexadecimal digits", true)],
    ),
    kind("pump", "控制水泵开关", "Switch pumps", "SL 651-2014, function 4C", true, STATES),
    kind("valve", "控制阀门开关", "Switch valves", "SL 651-2014, function 4D", true, STATES),
    kind(
        "gate",
        "控制闸门开关",
        "Switch gates",
        "SL 651-2014, function 4E",
        true,
        &[
            text("states", "各孔状态，1开0关，如 1,0", "states from number 1 on, 1 is open: e.g. 1,0", true),
            text("openings_cm", "各孔开度（厘米），如 50,0", "openings from number 1 on, cm: e.g. 50,0", true),
        ],
    ),
    kind(
        "quota",
        "水量定值控制",
        "Water quota control",
        "SL 651-2014, function 4F",
        true,
        &[Param {
            name: "on",
            zh: "1投入，0退出",
            en: "1 in force, 0 not",
            form: ParamForm::Whole(0, 1),
            required: true,
        }],
    ),
];
