//! What personal data may be seen in clear for, by whom, and the proof that somebody declared it. Writes no audit line:
//! whoever reveals with a proof writes one, in the words that the proof carries.

use chengshu_core::model::Timestamp;

use crate::role::Role::{self, *};
use crate::role::Roles;
use crate::text::mask_text;
use crate::words::words;

words! {
    /// What personal data is seen for (使用目的).
    Purpose {
        HandleCase = "handle_case", "办理事项", "handle a matter that this person reported or is part of";
        CallBack = "call_back", "回访核实", "call back to verify or to rate";
        Emergency = "emergency", "应急处置", "reach people in danger";
        Repair = "repair", "联系设备责任人", "reach whoever answers for a device";
    }
}

impl Purpose {
    /// The roles that may have this purpose; without one of them the right to unmask is of no use.
    #[must_use]
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::HandleCase => &[Dispatcher, Handler],
            Self::CallBack => &[Operator, Dispatcher],
            Self::Emergency => &[Operator, Dispatcher, Handler],
            Self::Repair => &[Operator, Handler, Maintainer],
        }
    }

    pub(crate) fn is_open_to(self, roles: Roles) -> bool {
        self.roles().iter().any(|role| roles.holds(*role))
    }
}

/// Why nothing was unmasked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotUnmasked {
    /// Neither role nor purpose, or the object is out of scope.
    #[error("this caller may not see this in clear for this purpose")]
    Denied,
    /// Four to two hundred characters are expected.
    #[error("the reason has {got} characters; expected 4 to 200")]
    Reason {
        /// Characters that were given.
        got: usize,
    },
}

/// The proof that a caller may see personal data of one object in clear, and said why. It cannot be made elsewhere, nor
/// copied, nor kept in JSON.
#[derive(Debug)]
pub struct Unmasking {
    purpose: Purpose,
    reason: String,
    who: String,
    at: Timestamp,
}

impl Unmasking {
    pub(crate) fn new(purpose: Purpose, reason: &str, who: String, at: Timestamp) -> Result<Self, NotUnmasked> {
        let reason = reason.trim();
        let got = reason.chars().count();
        if !(4..=200).contains(&got) {
            return Err(NotUnmasked::Reason { got });
        }
        // people write the number that they look for into the reason
        Ok(Self { purpose, reason: mask_text(reason), who, at })
    }

    /// What for.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Why, with personal data masked: for the audit.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Who: the label of the caller.
    #[must_use]
    pub fn who(&self) -> &str {
        &self.who
    }

    /// When.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::allows;
    use crate::right::Right;

    #[test]
    fn whoever_has_a_purpose_has_the_right_and_the_other_way_round() {
        for role in Role::ALL {
            let roles = Roles::new([role]).unwrap();
            let any = Purpose::ALL.into_iter().any(|purpose| purpose.is_open_to(roles));
            assert_eq!(any, allows(roles, Right::Unmask), "{role}");
        }
    }
}
