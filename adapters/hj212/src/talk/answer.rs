//! What a frame is answered with, once it is durable (数据应答 9014, 通知应答 9013, 请求应答 9011, 执行结果 9012). Says what to send;
//! sends nothing.

use bytes::Bytes;
use chengshu_core::model::Timestamp;

use crate::Setup;
use crate::codec::{Edition, Frame, Head, build, write_time};

/// What is owed for a frame.
#[derive(Debug)]
pub(crate) enum Answer {
    /// These bytes.
    Plain(Bytes),
    /// The time, which is only known when it is sent: the request's head, and the bytes before and after it.
    Time { request: Box<[u8]>, before: Bytes, after: Bytes },
}

/// The answer to a frame that wants one. `asked` tells that the platform had asked for it.
pub(crate) fn answer(frame: &Frame<'_>, setup: &Setup, asked: bool) -> Option<Answer> {
    if !frame.wants_answer() {
        return None;
    }
    let reply = |cn: &str, result: &str| reply(frame, setup, cn, result);
    let empty = frame.cp.is_none_or(<[u8]>::is_empty);
    Some(match frame.command() {
        Some(1013) => Answer::Plain(reply("9013", "")),
        // a device that asks the platform for the time
        Some(1011) if empty && !asked => {
            let request = frame.raw.into();
            Answer::Time { request, before: reply("9011", "QnRtn=1"), after: reply("9012", "ExeRtn=1") }
        }
        // no other request can come from a device
        Some(1000..=1999) if empty && !asked => Answer::Plain(reply("9011", "QnRtn=2")),
        _ => Answer::Plain(reply("9014", "")),
    })
}

fn reply(frame: &Frame<'_>, setup: &Setup, cn: &str, result: &str) -> Bytes {
    let old = frame.edition() == Edition::Y2005;
    let [qn, pw, mn] = [frame.qn, frame.pw, frame.mn].map(|field| field.map(String::from_utf8_lossy));
    let cp = match &qn {
        Some(qn) if old && setup.qn_in_cp_2005 && result.is_empty() => format!("QN={qn}"),
        Some(qn) if old && setup.qn_in_cp_2005 => format!("QN={qn};{result}"),
        _ => result.to_owned(),
    };
    let flag = Some(if old { 0 } else { 4 });
    build(&Head { qn: qn.as_deref(), st: "91", cn, pw: pw.as_deref(), mn: mn.as_deref(), flag, packet: None }, &cp)
}

/// The time as the answer to a device's own question.
pub(crate) fn time(frame: &Frame<'_>, now: Timestamp) -> Bytes {
    let [qn, st, pw, mn] = [frame.qn, frame.st, frame.pw, frame.mn].map(|field| field.map(String::from_utf8_lossy));
    let st = st.as_deref().unwrap_or("39");
    let head =
        Head { qn: qn.as_deref(), st, cn: "1011", pw: pw.as_deref(), mn: mn.as_deref(), flag: Some(4), packet: None };
    build(&head, &format!("SystemTime={}", write_time(now)))
}
