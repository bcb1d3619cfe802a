//! The steps of an examination, and what the technician is told in each. Decides nothing.

use chengshu_core::model::Label;

use super::exam::Exam;
use super::label;

/// Where an examination stands (检测步骤).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Nobody has spoken yet.
    Connect,
    /// A first report is waited for and confirmed.
    Report,
    /// Confirmations are withheld until a report comes again.
    Withhold,
    /// Confirmed at last: the next report is waited for.
    GoOn,
    /// Questions, one by one.
    Ask,
    /// Its clock is set, and its next times are looked at.
    Clock,
    /// A few reports without any interference.
    Watch,
    /// The next report is waited for, to cut the connection before its confirmation.
    Cut,
    /// It has to come back and send the report again.
    Return,
    /// Done.
    Over,
}

/// How many steps there are before the last.
const STEPS: u8 = 9;

impl Step {
    /// Its number, from 1.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }

    /// What the technician is told.
    #[must_use]
    pub fn prompt(self, exam: &Exam) -> Label {
        let minutes = exam.limit.as_secs_f64() / 60.0;
        let minutes = format!("{}", (minutes * 10.0).round() / 10.0);
        let trigger = if exam.by_hand {
            label("请触发一次报警或按“测试”键。", "Please trigger an alarm or press the test button. ")
        } else {
            label("可在设备上手动上报以加快检测。", "A report by hand makes this faster. ")
        };
        let said = match self {
            Self::Connect => label(
                "等待设备连接并发送第一帧。请把设备的中心地址设为本机。",
                "Waiting for the device's first frame. Set this machine as its centre. ",
            ),
            Self::Report => label("等待设备上报数据。", "Waiting for a report. "),
            Self::Withhold => label(
                format!("暂不确认，看设备是否重发。{}", trigger.zh),
                format!("Withholding confirmations: it has to send its report again. {}", trigger.en),
            ),
            Self::GoOn => label("已补发确认，等待下一次上报。", "Confirmed at last; waiting for the next report. "),
            Self::Ask => label("逐条下发查询命令。", "Asking its questions, one by one. "),
            Self::Clock => label("下发校时命令，并看随后的时间。", "Setting its clock and looking at its next times. "),
            Self::Watch => label("正常接收，观察上报间隔。", "Only listening, to see its interval. "),
            Self::Cut => label(
                format!("将在下一次上报后、确认前断开连接。{}", trigger.zh),
                format!("Will cut the connection after the next report, before its confirmation. {}", trigger.en),
            ),
            Self::Return => label(
                "已断开连接，等待设备重连并补发。请勿手动重启设备。",
                "Connection cut: it has to come back and send the report again. Do not restart it. ",
            ),
            Self::Over => return label("检测结束。", "The examination is over."),
        };
        let n = self.number();
        label(
            format!("[{n}/{STEPS}] {}（最多等待 {minutes} 分钟）", said.zh),
            format!("[{n}/{STEPS}] {}(at most {minutes} min)", said.en),
        )
    }
}
