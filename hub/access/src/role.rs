//! What people are in the house, and which of that nobody may be at once. Which rights follow stands in `matrix`.

use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// What somebody is (角色).
    Role {
        Operator = "operator", "值班员", "duty operator";
        Dispatcher = "dispatcher", "派遣员", "dispatcher";
        Handler = "handler", "部门处置员", "department handler";
        FieldWorker = "field_worker", "外勤", "field worker";
        Maintainer = "maintainer", "运维", "maintainer";
        Steward = "steward", "数据管理员", "data steward";
        Leader = "leader", "领导", "leader";
        SystemAdmin = "system_admin", "系统管理员", "system administrator";
        SecurityAdmin = "security_admin", "安全管理员", "security administrator";
        AuditAdmin = "audit_admin", "审计管理员", "audit administrator";
    }
}

impl Role {
    /// True for the three that exclude each other and everybody else (三员分立).
    #[must_use]
    pub const fn is_administrator(self) -> bool {
        matches!(self, Self::SystemAdmin | Self::SecurityAdmin | Self::AuditAdmin)
    }

    /// True when one person may be both.
    #[must_use]
    pub fn goes_with(self, other: Self) -> bool {
        self == other || !(self.is_administrator() || other.is_administrator())
    }

    pub(crate) const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// Two roles that one person may not have at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("roles {first} and {second} exclude each other: an administrator has that one role only")]
pub struct Conflict {
    /// One of them.
    pub first: Role,
    /// The other.
    pub second: Role,
}

/// Roles that go together. Those that exclude each other cannot be in one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<Role>", into = "Vec<Role>")]
pub struct Roles(u16);

impl Roles {
    /// These roles; none is allowed and gives no rights.
    ///
    /// # Errors
    /// [`Conflict`] names two that exclude each other.
    pub fn new(list: impl IntoIterator<Item = Role>) -> Result<Self, Conflict> {
        list.into_iter().try_fold(Self::default(), |roles, role| roles.and(Self(role.bit())))
    }

    /// These and those.
    ///
    /// # Errors
    /// [`Conflict`] names two that exclude each other.
    pub fn and(self, other: Self) -> Result<Self, Conflict> {
        for first in self.iter() {
            if let Some(second) = other.iter().find(|second| !first.goes_with(*second)) {
                return Err(Conflict { first, second });
            }
        }
        Ok(Self(self.0 | other.0))
    }

    /// True when the role is among them.
    #[must_use]
    pub const fn holds(self, role: Role) -> bool {
        self.0 & role.bit() != 0
    }

    /// True when there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// One after the other, in the order of [`Role::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.holds(*role))
    }

    pub(crate) const fn bits(self) -> u16 {
        self.0
    }
}

impl TryFrom<Vec<Role>> for Roles {
    type Error = Conflict;

    fn try_from(list: Vec<Role>) -> Result<Self, Conflict> {
        Self::new(list)
    }
}

impl From<Roles> for Vec<Role> {
    fn from(roles: Roles) -> Self {
        roles.iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn administrators_exclude_each_other_and_everybody() {
        for first in Role::ALL {
            for second in Role::ALL {
                let both = Roles::new([first, second]);
                let apart = first != second && (first.is_administrator() || second.is_administrator());
                assert_eq!(both.is_err(), apart, "{first} {second}");
                if apart {
                    assert_eq!(both, Err(Conflict { first, second }));
                }
            }
        }
        let all_others = Role::ALL.into_iter().filter(|role| !role.is_administrator());
        assert_eq!(Roles::new(all_others).unwrap().iter().count(), 7);
    }

    #[test]
    fn ids_are_read_back_and_conflicts_are_not_read() {
        for role in Role::ALL {
            assert_eq!(Role::of(role.id()), Some(role));
        }
        let roles: Roles = serde_json::from_str(r#"["handler","operator"]"#).unwrap();
        assert_eq!(serde_json::to_string(&roles).unwrap(), r#"["operator","handler"]"#);
        for bad in [r#"["audit_admin","security_admin"]"#, r#"["Operator"]"#, r#"["root"]"#] {
            assert!(serde_json::from_str::<Roles>(bad).is_err(), "{bad}");
        }
    }
}
