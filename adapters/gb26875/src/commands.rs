//! What an operator may ask of a transmission device, and the application data that asks it. Sends nothing.

use chengshu_core::model::{CommandKind, Order, Param, ParamForm, Timestamp};
use serde_json::Value;

use crate::codec::{Label, Object, System, app_data, command};
use crate::json::unhex;
use crate::names;

// Which system and which component: the device that is asked says it, unless it is the transmission device itself.
const SYS_TYPE: Param =
    Param { name: "sys_type", zh: "系统类型", en: "System type", form: ParamForm::Whole(0, 255), required: false };
const SYS_ADDR: Param =
    Param {
        name: "sys_addr", zh: "系统地址", en: "System address", form: ParamForm::Whole(0, 255), required: false
    };
const COMP_ADDR: Param = Param {
    name: "comp_addr",
    zh: "部件地址（8 位十六进制，低字节在前）",
    en: "Component address (8 hex digits, low byte first)",
    form: ParamForm::Text,
    required: false,
};
const COUNT: Param =
    Param {
        name: "count", zh: "记录数目", en: "Number of records", form: ParamForm::Whole(1, 127), required: false
    };
const SINCE: Param = Param { name: "since", zh: "起始时间", en: "Since", form: ParamForm::Time, required: false };
const MINUTES: Param = Param {
    name: "minutes",
    zh: "应答时限（分钟）",
    en: "Minutes to answer",
    form: ParamForm::Whole(1, 255),
    required: true,
};

const fn kind(
    name: &'static str,
    zh: &'static str,
    en: &'static str,
    source: &'static str,
    params: &'static [Param],
) -> CommandKind {
    CommandKind { name, zh, en, source, dangerous: false, params }
}

/// Every command of this protocol.
pub const COMMANDS: &[CommandKind] = &[
    kind("read_system_state", "读系统状态", "Read system state", "GB/T 26875.3-2011, type 61", &[SYS_TYPE, SYS_ADDR]),
    kind(
        "read_component_state",
        "读部件运行状态",
        "Read component state",
        "GB/T 26875.3-2011, type 62",
        &[SYS_TYPE, SYS_ADDR, COMP_ADDR],
    ),
    kind(
        "read_analog",
        "读部件模拟量值",
        "Read analog value",
        "GB/T 26875.3-2011, type 63",
        &[SYS_TYPE, SYS_ADDR, COMP_ADDR],
    ),
    kind(
        "read_operations",
        "读系统操作信息",
        "Read system operations",
        "GB/T 26875.3-2011, type 64",
        &[SYS_TYPE, SYS_ADDR, COUNT, SINCE],
    ),
    kind(
        "read_software_version",
        "读系统软件版本",
        "Read system software version",
        "GB/T 26875.3-2011, type 65",
        &[SYS_TYPE, SYS_ADDR],
    ),
    kind(
        "read_system_config",
        "读系统配置情况",
        "Read system configuration",
        "GB/T 26875.3-2011, type 66",
        &[SYS_TYPE, SYS_ADDR],
    ),
    kind(
        "read_component_config",
        "读部件配置情况",
        "Read component configuration",
        "GB/T 26875.3-2011, type 67",
        &[SYS_TYPE, SYS_ADDR, COMP_ADDR],
    ),
    kind("read_system_time", "读系统时间", "Read system time", "GB/T 26875.3-2011, type 68", &[SYS_TYPE, SYS_ADDR]),
    kind("read_device_state", "读传输装置运行状态", "Read device state", "GB/T 26875.3-2011, type 81", &[]),
    kind(
        "read_device_operations",
        "读传输装置操作信息",
        "Read device operations",
        "GB/T 26875.3-2011, type 84",
        &[COUNT, SINCE],
    ),
    kind("read_device_version", "读传输装置软件版本", "Read device version", "GB/T 26875.3-2011, type 85", &[]),
    kind("read_device_config", "读传输装置配置情况", "Read device configuration", "GB/T 26875.3-2011, type 86", &[]),
    kind("read_device_time", "读传输装置系统时间", "Read device time", "GB/T 26875.3-2011, type 88", &[]),
    kind("set_clock", "同步传输装置时钟", "Set device clock", "GB/T 26875.3-2011, type 90", &[]),
    kind("post_check", "查岗", "Post check", "GB/T 26875.3-2011, type 91", &[MINUTES]),
    CommandKind {
        dangerous: true,
        ..kind("initialise", "初始化传输装置", "Initialise device", "GB/T 26875.3-2011, type 89", &[])
    },
];

/// What goes onto the wire for a command.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plan {
    /// Control or request.
    pub(crate) command: u8,
    pub(crate) data: Vec<u8>,
    /// The type of the answer; none: a confirmation.
    pub(crate) answer: Option<u8>,
    /// Minutes that the duty officer has to answer.
    pub(crate) post_check: Option<u8>,
}

/// A stable code, and words for whoever asked.
pub(crate) type Refusal = (&'static str, String);

/// How often operations are read back where nobody says.
const DEFAULT_COUNT: u8 = 10;
const DAY_MS: i64 = 86_400_000;

/// What a command asks. Times are those of `now`.
pub(crate) fn plan(order: &Order, now: Timestamp) -> Result<Plan, Refusal> {
    let Some(kind) = COMMANDS.iter().find(|kind| kind.name == order.name) else {
        let known: Vec<_> = COMMANDS.iter().map(|kind| kind.name).collect();
        return Err(("unknown_command", format!("command is {:?}; expected one of {}", order.name, known.join(", "))));
    };
    if let Some(name) = order.params.keys().find(|name| kind.params.iter().all(|param| param.name != **name)) {
        let known: Vec<_> = kind.params.iter().map(|param| param.name).collect();
        let known = if known.is_empty() { "no parameter".to_owned() } else { known.join(", ") };
        return Err(("bad_param", format!("{name} is no parameter of {}; expected {known}", kind.name)));
    }
    let behind = names::behind(&order.device);
    let own = |param: &Param| behind.as_ref()?.get(param.name);
    let of =
        |param: &'static Param| order.params.get(param.name).filter(|value| !value.is_null()).or_else(|| own(param));
    let system = || Ok(System { kind: byte(&SYS_TYPE, of(&SYS_TYPE))?, address: byte(&SYS_ADDR, of(&SYS_ADDR))? });
    let count = || of(&COUNT).map_or(Ok(DEFAULT_COUNT), |value| byte(&COUNT, Some(value)));
    let since = || since(of(&SINCE), now).map(Some);
    let component = || Ok(Object::ReadComponent { system: system()?, address: address(of(&COMP_ADDR))? });
    let reserved = Object::Reserved { reserved: 0 };
    let request = |read: u8, answer: u8, object: Object<'_>| Plan {
        command: command::REQUEST,
        data: app_data(read, [object]),
        answer: Some(answer),
        post_check: None,
    };
    let control = |kind: u8, object: Object<'_>| Plan {
        command: command::CONTROL,
        data: app_data(kind, [object]),
        answer: None,
        post_check: None,
    };
    Ok(match order.name.as_str() {
        "read_system_state" => request(61, 1, Object::ReadSystem { system: system()? }),
        "read_component_state" => request(62, 2, component()?),
        "read_analog" => request(63, 3, component()?),
        "read_operations" => {
            let object = Object::ReadOperations { system: system()?, count: count()?, time: since()? };
            request(64, 4, object)
        }
        "read_software_version" => request(65, 5, Object::ReadSystem { system: system()? }),
        "read_system_config" => request(66, 6, Object::ReadSystem { system: system()? }),
        "read_component_config" => request(67, 7, component()?),
        "read_system_time" => request(68, 8, Object::ReadSystem { system: system()? }),
        "read_device_state" => request(81, 21, reserved),
        "read_device_operations" => request(84, 24, Object::ReadDeviceOperations { count: count()?, time: since()? }),
        "read_device_version" => request(85, 25, reserved),
        "read_device_config" => request(86, 26, reserved),
        "read_device_time" => request(88, 28, reserved),
        "initialise" => control(89, reserved),
        "post_check" => {
            let minutes = byte(&MINUTES, of(&MINUTES))?;
            let object = Object::PostCheck { reserved: None, minutes };
            Plan { post_check: Some(minutes), ..control(91, object) }
        }
        _ => set_clock(now),
    })
}

/// Sets a device's clock.
pub(crate) fn set_clock(now: Timestamp) -> Plan {
    let object = Object::SetClock { reserved: None, time: Some(Label::of(now)) };
    Plan { command: command::CONTROL, data: app_data(90, [object]), answer: None, post_check: None }
}

fn wrong(param: &Param, value: Option<&Value>, expected: &str) -> Refusal {
    let read = value.map_or_else(|| "missing".to_owned(), |value| value.to_string().chars().take(60).collect());
    ("bad_param", format!("{} is {read}; expected {expected}", param.name))
}

fn byte(param: &Param, value: Option<&Value>) -> Result<u8, Refusal> {
    let ParamForm::Whole(least, most) = param.form else { return Err(wrong(param, value, "a whole number")) };
    let read = value.and_then(Value::as_i64).filter(|read| (least..=most).contains(read));
    let read = read.and_then(|read| u8::try_from(read).ok());
    read.ok_or_else(|| wrong(param, value, &format!("a whole number {least} to {most}")))
}

fn address(value: Option<&Value>) -> Result<[u8; 4], Refusal> {
    let bytes = value.and_then(Value::as_str).and_then(unhex).and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| wrong(&COMP_ADDR, value, "8 hex digits as they stand in the frame, e.g. \"05000300\""))
}

fn since(value: Option<&Value>, now: Timestamp) -> Result<Label, Refusal> {
    let Some(value) = value else { return Ok(Label::of(Timestamp::from_ms(now.ms() - DAY_MS))) };
    let read = value.as_str().and_then(|text| Timestamp::parse(text).ok()).map(Label::of);
    let read = read.filter(|label| !label.is_zero());
    read.ok_or_else(|| wrong(&SINCE, Some(value), "a time such as 2026-11-22T16:42:00+08:00"))
}

#[cfg(test)]
mod tests {
    use chengshu_core::model::{CommandId, DeviceId};
    use serde_json::json;

    use super::*;

    fn check(name: &str, params: &Value) -> String {
        check_of("GB-1", name, params)
    }

    fn check_of(device: &str, name: &str, params: &Value) -> String {
        let order = Order {
            id: CommandId(1),
            theme: chengshu_core::model::ThemeId::parse("water").unwrap(),
            device: DeviceId::parse(device).unwrap(),
            name: name.to_owned(),
            params: params.as_object().unwrap().clone(),
            expires: Timestamp::from_ms(i64::MAX),
        };
        match plan(&order, Timestamp::from_ms(1_730_421_000_000)) {
            Ok(plan) => format!("{} {} -> {:?}", plan.command, crate::json::hex(&plan.data), plan.answer),
            Err((code, words)) => format!("{code}: {words}"),
        }
    }

    #[test]
    fn commands_become_application_data_or_are_refused() {
        let system = json!({"sys_type": 1, "sys_addr": 2});
        for (name, params, expected) in [
            ("read_system_state", &system, "4 3D010102 -> Some(1)"),
            (
                "read_component_state",
                &json!({"sys_type": 1, "sys_addr": 1, "comp_addr": "03021101"}),
                "4 3E01010103021101 -> Some(2)",
            ),
            (
                "read_operations",
                &json!({"sys_type": 1, "sys_addr": 1, "count": 3, "since": "2024-11-01T08:30:00"}),
                "4 4001010103001E08010B18 -> Some(4)",
            ),
            ("read_operations", &system, "4 400101020A001E081F0A18 -> Some(4)"),
            ("read_device_state", &json!({}), "4 510100 -> Some(21)"),
            ("read_device_operations", &json!({}), "4 54010A001E081F0A18 -> Some(24)"),
            ("initialise", &json!({}), "1 590100 -> None"),
            ("set_clock", &json!({}), "1 5A01001E08010B18 -> None"),
            ("post_check", &json!({"minutes": 5}), "1 5B0105 -> None"),
            (
                "read_system_state",
                &json!({"sys_type": 256, "sys_addr": 2}),
                "bad_param: sys_type is 256; expected a whole number 0 to 255",
            ),
            ("post_check", &json!({"minutes": 0}), "bad_param: minutes is 0; expected a whole number 1 to 255"),
            ("post_check", &json!({}), "bad_param: minutes is missing; expected a whole number 1 to 255"),
            ("set_clock", &json!({"x": 1}), "bad_param: x is no parameter of set_clock; expected no parameter"),
        ] {
            assert_eq!(check(name, params), expected, "{name}");
        }
        assert!(
            check("reboot", &json!({}))
                .starts_with("unknown_command: command is \"reboot\"; expected one of read_system_state")
        );
        let comp = json!({"sys_type": 1, "sys_addr": 1, "comp_addr": "5"});
        assert!(check("read_analog", &comp).starts_with("bad_param: comp_addr is \"5\"; expected 8 hex digits"));
        let since = json!({"sys_type": 1, "sys_addr": 1, "since": "soon"});
        assert!(check("read_operations", &since).starts_with("bad_param: since is \"soon\"; expected a time"));
    }

    #[test]
    fn a_device_behind_another_says_itself_which_it_is() {
        let nothing = json!({});
        for (device, name, expected) in [
            ("GB-100000000000-1-2-42-01000100", "read_analog", "4 3F01010201000100"),
            ("GB-100000000000-1-2-42-01000100", "read_system_state", "4 3D010102"),
            ("GB-100000000000-1-2", "read_system_state", "4 3D010102"),
            ("GB-100000000000-1-2", "read_analog", "bad_param: comp_addr is missing"),
            ("GB-100000000000", "read_system_state", "bad_param: sys_type is missing"),
        ] {
            let read = check_of(device, name, &nothing);
            assert!(read.starts_with(expected), "{device} {name}: {read}");
        }
        let other = json!({"sys_addr": 9});
        assert_eq!(
            check_of("GB-100000000000-1-2", "read_system_state", &other),
            "4 3D010109 -> Some(1)",
            "said goes first"
        );
    }

    #[test]
    fn every_command_is_obeyed_with_the_least_that_it_asks_for() {
        for kind in COMMANDS {
            let all = json!({"minutes": 5});
            let needed = kind.params.iter().filter(|param| param.required);
            let params: serde_json::Map<_, _> = needed.map(|p| (p.name.to_owned(), all[p.name].clone())).collect();
            let read = check_of("GB-100000000000-1-2-42-01000100", kind.name, &Value::Object(params));
            assert!(read.contains("->"), "{}: {read}", kind.name);
            assert_eq!(kind.dangerous, kind.name == "initialise");
        }
    }
}
