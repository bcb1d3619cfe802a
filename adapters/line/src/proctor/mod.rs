//! Device acceptance (设备入网检测): talks to one device as the hub would, provokes faults, and judges what it did. The
//! [`Proctor`] is pure and wraps any [`crate::Protocol`]; [`proctor`] holds its sockets. It knows no protocol: what one calls
//! its deviations and how often it may repeat comes with the [`Exam`].

mod advance;
mod ask;
mod check;
mod exam;
mod html;
mod invigilate;
mod judge;
mod likeness;
mod record;
mod report;
mod run;
mod step;
mod text;

pub use check::{Check, Finding, Sample, Verdict, Weight};
pub use exam::{Bears, Exam, Kinds, Meaning};
pub use html::html;
pub use invigilate::{Do, Proctor};
pub use report::{Conclusion, Head, Lang, Report};
pub use run::{Said, proctor};
pub use step::Step;
pub use text::text;

use chengshu_core::model::Label;

/// A text in both languages.
pub(crate) fn label(zh: impl Into<String>, en: impl Into<String>) -> Label {
    Label { zh: zh.into(), en: en.into() }
}
