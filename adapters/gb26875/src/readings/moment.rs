//! Which time something is stored under: that of the object, of the frame, or of the arrival. A time is never clamped:
//! it is believed or it is not.

use chengshu_core::model::{Reason, Timestamp};

use crate::Setup;
use crate::codec::Label;
use crate::json::hex;

/// A time that was decided on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Moment {
    pub(super) at: Timestamp,
    /// Why the time of the object was not believed, where it told one.
    pub(super) refused: Option<(Reason, String)>,
}

/// The time of an object in a frame of `frame` time.
pub(super) fn moment(setup: &Setup, object: Option<Label>, frame: Label, received: Timestamp) -> Moment {
    let mut refused = None;
    if let Some(label) = object.filter(|label| setup.object_time && !label.is_zero()) {
        match believed(setup, label, received) {
            Ok(at) => return Moment { at, refused: None },
            Err(reason) => refused = Some(reason),
        }
    }
    let told = if setup.frame_time { believed(setup, frame, received).ok() } else { None };
    Moment { at: told.unwrap_or(received), refused }
}

fn believed(setup: &Setup, label: Label, received: Timestamp) -> Result<Timestamp, (Reason, String)> {
    let Some(at) = label.timestamp() else {
        let detail =
            format!("time is {}; expected second, minute, hour, day, month, year−2000 in binary", hex(&label.0));
        return Err((Reason::TimeUnreadable, detail));
    };
    setup.limits.moment("time", at, received)
}
