//! What an examination has to know of each protocol: its name, how often it may repeat, what must not be asked, and what the
//! codes mean that its talk counts. Only words: decides nothing.

use chengshu_core::model::Label;
use chengshu_line::proctor::Bears::{Clock, ClockSet, Identity, Ours, Refused, Tolerated, ToleratedUnasked, Value};
use chengshu_line::proctor::{Bears, Meaning};

use crate::field::Field;

/// One protocol.
pub struct Words {
    /// For people.
    pub name: Label,
    /// An unconfirmed report comes again at most so often on one connection.
    pub resends: u32,
    /// Reports come when somebody triggers them.
    pub by_hand: bool,
    /// It has pictures.
    pub pictures: bool,
    /// What is not sent, and why.
    pub spared: Vec<(&'static str, Label)>,
    /// Its codes.
    pub meaning: fn(&str) -> Option<Meaning>,
}

fn label(zh: &str, en: &str) -> Label {
    Label { zh: zh.to_owned(), en: en.to_owned() }
}

/// The words of a protocol.
pub fn words(field: &Field) -> Words {
    let name = |zh, en| label(zh, en);
    let words = Words {
        name: name("", ""),
        resends: 3,
        by_hand: false,
        pictures: false,
        spared: Vec::new(),
        meaning: |code| find(&[COMMON], code),
    };
    match field {
        Field::Sl651(_) => Words {
            name: name("SL 651-2014 水文监测数据通信规约", "SL 651-2014, hydrological telemetry"),
            resends: 2,
            pictures: true,
            meaning: |code| find(&[SL651, COMMON], code),
            ..words
        },
        Field::Gb26875(_) => Words {
            name: name(
                "GB/T 26875.3-2011 城市消防远程监控系统 报警传输网络通信协议",
                "GB/T 26875.3-2011, fire alarm transmission",
            ),
            by_hand: true,
            meaning: |code| find(&[GB26875, COMMON], code),
            ..words
        },
        Field::Hj212(_) => Words {
            name: name("HJ 212-2017 污染物在线监控系统数据传输标准", "HJ 212-2017, pollution monitoring"),
            spared: vec![("stop_realtime", label("会停止设备上报", "it would end the device's reports"))],
            meaning: |code| find(&[HJ212, COMMON], code),
            ..words
        },
    }
}

type Row = (&'static str, Bears, &'static str, &'static str);

fn find(tables: &[&[Row]], code: &str) -> Option<Meaning> {
    let row = tables.iter().flat_map(|rows| rows.iter()).find(|(known, ..)| *known == code)?;
    Some(Meaning { bears: row.1, zh: row.2, en: row.3 })
}

const COMMON: &[Row] = &[
    ("garbage", Refused, "帧之间有无法识别的字节", "bytes that begin no frame"),
    ("datagram_rest", Refused, "一个数据报里有多余字节", "a datagram with bytes behind its frame"),
    ("unfinished_too_large", Refused, "报文过长且无结尾", "a frame without an end"),
    ("address_changed", Identity, "同一连接中设备编号改变", "another device id on the same connection"),
    ("clock_off", Clock, "时钟偏差超过 1 小时", "its clock is more than an hour off"),
    ("crc", Refused, "CRC 校验错误", "wrong CRC"),
    ("length", Refused, "长度字段错误", "wrong length field"),
    ("end_mark", Refused, "结束符错误", "wrong end mark"),
];

const SL651: &[Row] = &[
    ("packet", Refused, "包序号错误", "a packet number outside of its total"),
    ("digit", Refused, "应为数字的位置不是数字", "a character that is no digit"),
    ("group", Refused, "要素标识或数据长度错误", "an element that ends behind its body, or a broken lead"),
    ("unfinished", Refused, "报文未按时发完", "a frame that did not end in time"),
    ("downlink", Refused, "设备发送了下行帧", "a frame in the centre's direction"),
    ("stations_full", Identity, "一个连接的测站过多", "too many stations on one connection"),
    ("transfer_given_up", Refused, "多包传输缺包", "packets of a transfer never came"),
    ("repeated_packet", Tolerated, "重复的包", "a packet that came twice"),
    ("packet_asked", Tolerated, "缺包，已请求补发", "a packet had to be asked for again"),
    ("command_resent", Ours, "命令重发", "a command was sent again"),
];

const GB26875: &[Row] = &[
    ("checksum", Refused, "校验和错误", "wrong check sum"),
    ("object_size", Refused, "信息对象长度与数目不符", "objects that do not fit their count"),
    ("text_length", Refused, "文本长度超出报文", "a text longer than its frame"),
    ("too_many_addresses", Identity, "一个连接的设备地址过多", "too many addresses on one connection"),
    ("no_address", Identity, "源地址和目的地址均为零", "both addresses are zero"),
    ("vendor_type", Tolerated, "厂家自定义类型", "a type that the standard does not have"),
    ("direction", Tolerated, "上行类型与命令不符", "a type that a device does not send"),
    ("extra_bytes", Tolerated, "对象之后有多余字节", "bytes behind the last object"),
    ("unasked_confirm", Tolerated, "没有对应命令的确认", "a confirmation of nothing"),
    ("unasked_answer", Tolerated, "没有对应请求的应答", "an answer to nothing"),
    ("unasked_deny", Tolerated, "没有对应命令的否认", "a denial of nothing"),
    ("answer_serial", Tolerated, "应答流水号与请求不同", "an answer with another serial number"),
    ("timeout", Ours, "命令超时", "a command was not answered"),
    ("clock_set", ClockSet, "平台已校时", "the platform has set the clock"),
];

const HJ212: &[Row] = &[
    ("length_crc", Refused, "长度和校验均错误", "wrong length and check sum"),
    ("end_mark_missing", Refused, "没有回车换行结尾", "no CR LF at the end"),
    ("split_incomplete", Refused, "分包不完整", "packets of a message never came"),
    ("length_field", Tolerated, "长度字段与实际不符", "the length field is not the number of bytes"),
    ("size", Tolerated, "数据段超过 1024 字节", "more than 1024 bytes of data segment"),
    ("crc_case", Tolerated, "校验码为小写", "the check sum is in lower case"),
    ("crc_digits", Tolerated, "校验码不足 4 位", "the check sum lacks its leading zeros"),
    ("end_mark", Tolerated, "没有回车换行结尾", "no CR LF behind the check sum"),
    ("encoding", Tolerated, "不是 UTF-8", "bytes that are no UTF-8"),
    ("no_qn", Tolerated, "没有 QN", "no request number"),
    ("qn_form", Tolerated, "QN 不是 17 位数字", "QN is not 17 digits"),
    ("st_form", Tolerated, "ST 不是两位数字", "ST is not two digits"),
    ("cn_form", Tolerated, "CN 不是四位数字", "CN is not four digits"),
    ("pw_form", Tolerated, "没有 PW 或超过 9 位", "no password, or more than nine characters"),
    ("no_mn", Tolerated, "没有 MN", "no device number"),
    ("mn_form", Tolerated, "MN 不是 24 位", "MN is not of 24 characters"),
    ("flag_form", Tolerated, "Flag 不是 0–255", "Flag is not 0 to 255"),
    ("version", Tolerated, "Flag 中的版本号未知", "an edition after 2017"),
    ("no_packet_number", Tolerated, "Flag 称分包而没有 PNUM/PNO", "packet numbers are promised and missing"),
    ("pn_in_cp", Tolerated, "PNUM/PNO 写在 CP 中", "packet numbers inside of CP"),
    ("unknown_field", Tolerated, "CP 之前有未知字段", "a field before CP that the standard does not know"),
    ("no_cp", Tolerated, "没有 CP", "no CP"),
    ("cp_marks", Tolerated, "CP 没有成对的 &&", "CP without its && marks"),
    ("tail_separator", Tolerated, "多余的分隔符", "a separator with nothing beside it"),
    ("item_form", Tolerated, "数据项不是“名=值”", "an item that is no name=value"),
    ("doubled_suffix", Tolerated, "后缀重复，如 -Rtd-Rtd", "a suffix said twice"),
    ("space", Tolerated, "名称前后有空格", "spaces around a name"),
    ("time_digits", Tolerated, "DataTime 不是 14 位", "DataTime is not of 14 digits"),
    ("mn_characters", Tolerated, "MN 含不允许的字符", "characters in MN that no id has"),
    ("no_data_time", ToleratedUnasked, "没有 DataTime", "no DataTime"),
    ("empty_cp", Tolerated, "数据报文的 CP 为空", "a report with an empty CP"),
    ("flag_unknown", Tolerated, "未知的数据标记", "a data mark that the standard does not know"),
    ("unexpected_answer", Tolerated, "没有对应请求的应答", "an answer to nothing"),
    ("too_many_stations", Identity, "一个连接的设备过多", "too many devices on one connection"),
    ("implausible", Value, "数值超出物理范围", "a value that cannot be"),
    ("missing_value", Value, "数据项没有值", "an item without a value"),
    ("request_resent", Ours, "请求重发", "a request was sent again"),
    ("not_durable", Ours, "检测中有意不确认", "not confirmed on purpose"),
    ("gap_asked", Ours, "平台补采", "a gap was asked for"),
    ("gap_refused", Ours, "补采被拒", "a gap was refused"),
    ("gap_unanswered", Ours, "补采无应答", "a gap was not answered"),
    ("clock_not_set", Ours, "请求校时后未完成", "its clock was to be set, and was not"),
];
