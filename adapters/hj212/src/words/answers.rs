//! What answers say (QnRtn, ExeRtn), as data: HJ 212-2017 clause 6, tables of results.

/// A result: its number, a stable code, Chinese, English.
pub type Word = (u32, &'static str, &'static str, &'static str);

/// Whether a request is taken on (请求应答 9011, QnRtn). 1 = it is.
pub const REQUEST: &[Word] = &[
    (2, "refused", "请求被拒绝", "request refused"),
    (3, "bad_password", "PW错误", "wrong password"),
    (4, "bad_mn", "MN错误", "wrong device number"),
    (5, "bad_st", "ST错误", "wrong system type"),
    (6, "bad_flag", "Flag错误", "wrong flag"),
    (7, "bad_qn", "QN错误", "wrong request number"),
    (8, "bad_cn", "CN错误", "unknown command"),
    (9, "bad_crc", "CRC校验错误", "wrong check sum"),
    (100, "unknown_error", "未知错误", "unknown error"),
];

/// How it went (执行结果 9012, ExeRtn). 1 = done.
pub const EXECUTION: &[Word] = &[
    (2, "failed", "执行失败，原因未知", "failed, the device does not say why"),
    (3, "condition", "执行失败，命令请求条件错误", "failed, wrong condition"),
    (4, "device_timeout", "通讯超时", "the device's own instrument did not answer"),
    (5, "busy", "系统繁忙", "busy"),
    (6, "fault", "系统故障", "fault"),
    (100, "no_data", "没有数据", "no data"),
];

/// The code and the words of a result other than 1.
#[must_use]
pub fn word(table: &[Word], name: &str, read: &str) -> (&'static str, String) {
    let known = read.trim().parse().ok().and_then(|number: u32| table.iter().find(|word| word.0 == number));
    known.map_or(("unknown_result", format!("{name}={read}")), |(_, code, zh, en)| {
        (*code, format!("{name}={read}: {en} ({zh})"))
    })
}
