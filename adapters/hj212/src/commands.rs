//! What an operator may ask of an HJ 212 device, and how each becomes a request. Sends nothing and waits for nothing.

use chengshu_core::model::{CommandKind, Order, Param, ParamForm, Timestamp};
use serde_json::Value;

use crate::codec::write_time;

const fn text(name: &'static str, zh: &'static str, en: &'static str, required: bool) -> Param {
    Param { name, zh, en, form: ParamForm::Text, required }
}

const POL: Param = text("pol_id", "因子编码，如 w01018", "Code of the instrument, e.g. w01018", false);
const POL_NEEDED: Param = Param { required: true, ..POL };
const FROM: Param = Param { name: "from", zh: "开始时间", en: "From", form: ParamForm::Time, required: true };
const TO: Param = Param { name: "to", zh: "结束时间", en: "To", form: ParamForm::Time, required: true };
const SECONDS: Param = whole("seconds", "间隔（秒）", "Interval, s", 30, 3600);
const MINUTES: Param =
    whole("minutes", "间隔（分钟）：1 2 3 4 5 6 10 12 15 20 30", "Interval, min: a divisor of 60", 1, 30);

const fn whole(name: &'static str, zh: &'static str, en: &'static str, from: i64, to: i64) -> Param {
    Param { name, zh, en, form: ParamForm::Whole(from, to), required: true }
}

const fn kind(
    name: &'static str,
    zh: &'static str,
    en: &'static str,
    source: &'static str,
    params: &'static [Param],
) -> CommandKind {
    CommandKind { name, zh, en, source, dangerous: false, params }
}

const fn dangerous(kind: CommandKind) -> CommandKind {
    CommandKind { dangerous: true, ..kind }
}

/// Every command that [`crate::Hj212`] obeys.
pub const COMMANDS: &[CommandKind] = &[
    kind("read_now", "取实时数据", "Read current values", "HJ 212-2017, command 2011", &[]),
    kind("stop_realtime", "停止实时数据", "Stop current values", "HJ 212-2017, command 2012", &[]),
    kind(
        "set_realtime_interval",
        "设置实时数据间隔",
        "Set real-time interval",
        "HJ 212-2017, command 1062",
        &[SECONDS],
    ),
    kind("read_realtime_interval", "读取实时数据间隔", "Read real-time interval", "HJ 212-2017, command 1061", &[]),
    kind("set_minute_interval", "设置分钟数据间隔", "Set minute interval", "HJ 212-2017, command 1064", &[MINUTES]),
    kind("read_minute_interval", "读取分钟数据间隔", "Read minute interval", "HJ 212-2017, command 1063", &[]),
    kind("set_clock", "设置时间", "Set clock", "HJ 212-2017, command 1012", &[POL]),
    kind("read_clock", "读取时间", "Read clock", "HJ 212-2017, command 1011", &[POL]),
    kind("read_minutes", "取分钟数据", "Read minute data", "HJ 212-2017, command 2051", &[FROM, TO]),
    kind("read_hours", "取小时数据", "Read hour data", "HJ 212-2017, command 2061", &[FROM, TO]),
    kind("read_days", "取日数据", "Read day data", "HJ 212-2017, command 2031", &[FROM, TO]),
    kind("read_facility_days", "取设备运行时间日数据", "Read facility days", "HJ 212-2017, command 2041", &[FROM, TO]),
    kind(
        "read_device_info",
        "取设备信息",
        "Read device information",
        "HJ 212-2017, commands 3019 and 3020",
        &[
            POL,
            text(
                "info_id",
                "信息编码，如 i11001（缺省取唯一标识）",
                "Information, e.g. i11001; without it the identity",
                false,
            ),
        ],
    ),
    kind(
        "zero_calibration",
        "零点校准量程校准",
        "Zero and span calibration",
        "HJ 212-2017, command 3011",
        &[POL_NEEDED],
    ),
    kind("sample_now", "即时采样", "Sample now", "HJ 212-2017, command 3012", &[POL_NEEDED]),
    kind("clean", "启动清洗/反吹", "Clean", "HJ 212-2017, command 3013", &[POL_NEEDED]),
    dangerous(kind(
        "set_password",
        "设置访问密码",
        "Set password",
        "HJ 212-2017, command 1072",
        &[text(
            "password",
            "新密码（1~9位字母数字，通常6位）",
            "New password, 1 to 9 letters and digits, usually 6",
            true,
        )],
    )),
    dangerous(kind(
        "set_parameter",
        "设置现场机参数",
        "Set parameter",
        "HJ 212-2017, command 3021",
        &[
            POL_NEEDED,
            text("info_id", "参数编码，如 i13004", "Parameter, e.g. i13004", true),
            text("value", "新值", "New value", true),
        ],
    )),
];

/// A request to a device, without what stands before CP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) cn: u16,
    /// CP; `SystemTime` is added when it is sent.
    pub(crate) cp: String,
    /// Whether the time of sending belongs into it.
    pub(crate) clock: bool,
    /// What holds when it is done.
    pub(crate) then: Then,
}

/// What a request changes in what the platform knows of the device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Then {
    Nothing,
    Password(String),
    RealtimeMs(i64),
    MinuteMs(i64),
}

impl Request {
    pub(crate) const fn new(cn: u16, cp: String) -> Self {
        Self { cn, cp, clock: false, then: Then::Nothing }
    }

    pub(crate) fn set_clock() -> Self {
        Self { clock: true, ..Self::new(1012, String::new()) }
    }

    pub(crate) fn history(cn: u16, from: Timestamp, to: Timestamp) -> Self {
        Self::new(cn, format!("BeginTime={};EndTime={}", write_time(from), write_time(to)))
    }
}

/// Why an order cannot be sent: a stable code, and words.
type Refusal = (&'static str, String);

/// The request that an order becomes.
pub(crate) fn request(order: &Order) -> Result<Request, Refusal> {
    let params = Params(order);
    let Some(kind) = COMMANDS.iter().find(|kind| kind.name == order.name) else {
        let known: Vec<_> = COMMANDS.iter().map(|kind| kind.name).collect();
        return Err(("unknown_command", format!("command is {:?}; expected one of {}", order.name, known.join(", "))));
    };
    if let Some(unknown) = order.params.keys().find(|name| !kind.params.iter().any(|param| param.name == **name)) {
        return Err(bad(unknown, "given", "no such parameter"));
    }
    let pol = |params: &Params<'_>| {
        params.code("pol_id").map(|pol| pol.map_or_else(String::new, |pol| format!("PolId={pol}")))
    };
    let history = |cn| Ok(Request::history(cn, params.time("from")?, params.period_end()?));
    let plain = |cn| Ok(Request::new(cn, String::new()));
    match kind.name {
        "read_now" => plain(2011),
        "stop_realtime" => plain(2012),
        "set_realtime_interval" => {
            let seconds = params.whole("seconds", 30, 3600)?;
            let then = Then::RealtimeMs(seconds * 1000);
            Ok(Request { then, ..Request::new(1062, format!("RtdInterval={seconds}")) })
        }
        "read_realtime_interval" => plain(1061),
        "set_minute_interval" => {
            let minutes = params.whole("minutes", 1, 30)?;
            if 60 % minutes != 0 {
                return Err(bad("minutes", &minutes.to_string(), "one of 1 2 3 4 5 6 10 12 15 20 30"));
            }
            let then = Then::MinuteMs(minutes * 60_000);
            Ok(Request { then, ..Request::new(1064, format!("MinInterval={minutes}")) })
        }
        "read_minute_interval" => plain(1063),
        "set_clock" => Ok(Request { cp: pol(&params)?, ..Request::set_clock() }),
        "read_clock" => Ok(Request::new(1011, pol(&params)?)),
        "read_minutes" => history(2051),
        "read_hours" => history(2061),
        "read_days" => history(2031),
        "read_facility_days" => history(2041),
        "read_device_info" => match (pol(&params)?, params.code("info_id")?) {
            (pol, None) => Ok(Request::new(3019, pol)),
            (pol, Some(info)) if pol.is_empty() => Ok(Request::new(3020, format!("InfoId={info}"))),
            (pol, Some(info)) => Ok(Request::new(3020, format!("{pol};InfoId={info}"))),
        },
        "zero_calibration" => Ok(Request::new(3011, format!("PolId={}", params.needed("pol_id")?))),
        "sample_now" => Ok(Request::new(3012, format!("PolId={}", params.needed("pol_id")?))),
        "clean" => Ok(Request::new(3013, format!("PolId={}", params.needed("pol_id")?))),
        "set_password" => {
            let password = params.needed("password")?;
            if password.len() > 9 || !password.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return Err(bad("password", "not shown", "1 to 9 letters and digits"));
            }
            let then = Then::Password(password.to_owned());
            Ok(Request { then, ..Request::new(1072, format!("NewPW={password}")) })
        }
        "set_parameter" => {
            let (pol, info, value) = (params.needed("pol_id")?, params.needed("info_id")?, params.needed("value")?);
            Ok(Request::new(3021, format!("PolId={pol};InfoId={info};{info}-Info={value}")))
        }
        other => Err(("unknown_command", format!("command is {other:?}"))),
    }
}

fn bad(name: &str, read: &str, expected: &str) -> Refusal {
    ("bad_param", format!("{name} is {read}; expected {expected}"))
}

struct Params<'a>(&'a Order);

impl<'a> Params<'a> {
    fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.params.get(name).filter(|value| !value.is_null())
    }

    fn shown(&self, name: &str) -> String {
        self.get(name).map_or_else(|| "missing".to_owned(), |value| value.to_string().chars().take(40).collect())
    }

    /// A text that stands in a frame as it is, so nothing in it may end a field.
    fn code(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let fits = |text: &&str| {
            let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b';' | b',' | b'&' | b'=' | b'#');
            (1..=32).contains(&text.len()) && text.bytes().all(plain)
        };
        let expected = "1 to 32 visible ASCII characters other than ; , & = #";
        value.as_str().filter(fits).map(Some).ok_or_else(|| bad(name, &self.shown(name), expected))
    }

    fn needed(&self, name: &str) -> Result<&'a str, Refusal> {
        self.code(name)?.ok_or_else(|| bad(name, "missing", "a text"))
    }

    fn whole(&self, name: &str, from: i64, to: i64) -> Result<i64, Refusal> {
        let value = self.get(name).and_then(Value::as_i64).filter(|value| (from..=to).contains(value));
        value.ok_or_else(|| bad(name, &self.shown(name), &format!("a whole number from {from} to {to}")))
    }

    fn time(&self, name: &str) -> Result<Timestamp, Refusal> {
        let value = self.get(name).and_then(Value::as_str).and_then(|text| Timestamp::parse(text).ok());
        value.ok_or_else(|| bad(name, &self.shown(name), "a moment such as 2026-11-22T16:00:00+08:00"))
    }

    fn period_end(&self) -> Result<Timestamp, Refusal> {
        let (from, to) = (self.time("from")?, self.time("to")?);
        if to < from {
            return Err(bad("to", &self.shown("to"), "a moment that is not before from"));
        }
        Ok(to)
    }
}

#[cfg(test)]
mod tests {
    use chengshu_core::model::{CommandId, DeviceId};
    use serde_json::json;

    use super::*;

    fn check(name: &str, params: Value, expected: Result<(u16, &str), &str>) {
        let device = DeviceId::parse("HJ-1").unwrap();
        let params = params.as_object().unwrap().clone();
        let order = Order {
            id: CommandId(1),
            theme: chengshu_core::model::ThemeId::parse("water").unwrap(),
            device,
            name: name.to_owned(),
            params,
            expires: Timestamp::from_ms(0),
        };
        match (request(&order), expected) {
            (Ok(made), Ok((cn, cp))) => assert_eq!((made.cn, made.cp.as_str()), (cn, cp), "{name}"),
            (Err((code, words)), Err(part)) => assert!(format!("{code}: {words}").contains(part), "{code}: {words}"),
            (made, expected) => panic!("{name}: {made:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn orders_become_requests_or_are_refused_by_name() {
        check("read_now", json!({}), Ok((2011, "")));
        check("set_realtime_interval", json!({ "seconds": 60 }), Ok((1062, "RtdInterval=60")));
        check(
            "set_realtime_interval",
            json!({ "seconds": 5 }),
            Err("bad_param: seconds is 5; expected a whole number from 30"),
        );
        check("set_minute_interval", json!({ "minutes": 7 }), Err("bad_param: minutes is 7"));
        check("read_clock", json!({ "pol_id": "w01018" }), Ok((1011, "PolId=w01018")));
        let span = json!({ "from": "2026-11-22T08:00:00+08:00", "to": "2026-11-22T09:00:00+08:00" });
        check("read_minutes", span, Ok((2051, "BeginTime=20261122080000;EndTime=20261122090000")));
        check("read_hours", json!({ "from": "2026-11-22T08:00:00Z" }), Err("bad_param: to is missing"));
        let turned = json!({ "from": "2026-11-22T09:00:00Z", "to": "2026-11-22T08:00:00Z" });
        check("read_days", turned, Err("not before from"));
        check("clean", json!({ "pol_id": "w1;CP=&&" }), Err("bad_param: pol_id"));
        check("clean", json!({}), Err("bad_param: pol_id is missing"));
        check("set_password", json!({ "password": "abc-12" }), Err("bad_param: password is not shown"));
        check("read_now", json!({ "x": 1 }), Err("bad_param: x"));
        check("explode", json!({}), Err("unknown_command: command is \"explode\""));
        let set = json!({ "pol_id": "w01018", "info_id": "i13004", "value": "168.0" });
        check("set_parameter", set, Ok((3021, "PolId=w01018;InfoId=i13004;i13004-Info=168.0")));
    }

    #[test]
    fn every_kind_is_obeyed() {
        for kind in COMMANDS {
            let params = kind.params.iter().map(|param| {
                let value = match param.form {
                    ParamForm::Text => json!("w01018"),
                    ParamForm::Whole(_, to) => json!(to),
                    ParamForm::Time => json!("2026-11-22T08:00:00Z"),
                };
                (param.name.to_owned(), value)
            });
            let device = DeviceId::parse("HJ-1").unwrap();
            let (name, expires) = (kind.name.to_owned(), Timestamp::from_ms(0));
            assert!(
                request(&Order {
                    id: CommandId(1),
                    theme: chengshu_core::model::ThemeId::parse("water").unwrap(),
                    device,
                    name,
                    params: params.collect(),
                    expires
                })
                .is_ok(),
                "{}",
                kind.name
            );
        }
    }
}
