//! What somebody was given: roles, within a scope, for a time; and what of it is in force at a moment. Whoever reads
//! grants from the store gets them through here, so that roles which exclude each other never act together.

use std::sync::Arc;

use chengshu_core::model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::matrix::allows;
use crate::right::{Right, Rights};
use crate::role::{Conflict, Role, Roles};
use crate::scope::Scope;

/// Roles within a scope for a time (授权). A person may have several: operator for water, handler for fire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// What they are.
    pub roles: Roles,
    /// How far it reaches.
    pub scope: Scope,
    /// From this moment on; none means ever since.
    pub from: Option<Timestamp>,
    /// Until just before this moment; none means until it is taken away.
    pub until: Option<Timestamp>,
}

impl Grant {
    /// True when it is in force.
    #[must_use]
    pub fn in_force(&self, now: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }

    fn overlaps(&self, other: &Self) -> bool {
        let ends_after_start = |one: &Self, two: &Self| match (one.until, two.from) {
            (Some(until), Some(from)) => from < until,
            _ => true,
        };
        ends_after_start(self, other) && ends_after_start(other, self)
    }
}

/// Checks the grants of one person before they are written: roles that exclude each other must not meet in time.
///
/// # Errors
/// [`Conflict`] names two of them.
pub fn check_grants(grants: &[Grant]) -> Result<(), Conflict> {
    for (at, one) in grants.iter().enumerate() {
        for two in grants.iter().skip(at + 1).filter(|two| one.overlaps(two)) {
            one.roles.and(two.roles)?;
        }
    }
    Ok(())
}

/// What is in force at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective {
    /// All roles together.
    pub roles: Roles,
    grants: Vec<Grant>,
}

impl Effective {
    /// How far the right reaches; none when it is not held.
    #[must_use]
    pub fn scope(&self, right: Right) -> Option<Scope> {
        scope_where(&self.grants, |roles| allows(roles, right))
    }

    /// The rights held, each perhaps within another scope.
    #[must_use]
    pub fn rights(&self) -> Rights {
        Right::ALL.into_iter().filter(|right| allows(self.roles, *right)).collect()
    }
}

/// What of the grants is in force. None when nothing is, or when roles that exclude each other would act together: such
/// grants were not written by the hub.
#[must_use]
pub fn effective(grants: &[Grant], now: Timestamp) -> Option<Effective> {
    let roles = roles_in_force(grants, now)?;
    Some(Effective { roles, grants: grants.iter().filter(|grant| grant.in_force(now)).cloned().collect() })
}

/// The roles in force, on the same terms.
pub(crate) fn roles_in_force(grants: &[Grant], now: Timestamp) -> Option<Roles> {
    let in_force = grants.iter().filter(|grant| grant.in_force(now));
    let roles = in_force.map(|grant| grant.roles).try_fold(Roles::default(), Roles::and).ok()?;
    (!roles.is_empty()).then_some(roles)
}

/// The union of the scopes of those grants in force whose roles pass; none when there is no such grant.
pub(crate) fn reach(grants: &[Grant], now: Timestamp, pass: impl Fn(Roles) -> bool) -> Option<Scope> {
    roles_in_force(grants, now).filter(|roles| pass(*roles))?;
    scope_where(grants.iter().filter(|grant| grant.in_force(now)), pass)
}

fn scope_where<'a>(grants: impl IntoIterator<Item = &'a Grant>, pass: impl Fn(Roles) -> bool) -> Option<Scope> {
    let mut scopes = grants.into_iter().filter(|grant| pass(grant.roles)).map(|grant| &grant.scope).peekable();
    scopes.peek()?;
    Some(Scope::union(scopes))
}

/// The grants of somebody, shared by their requests.
pub type Grants = Arc<[Grant]>;

impl From<Role> for Grant {
    /// The role, everywhere and always.
    fn from(role: Role) -> Self {
        // one role cannot exclude itself
        Self { roles: Roles::new([role]).unwrap_or_default(), scope: Scope::All, from: None, until: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::Object;

    fn grant(roles: &[Role], theme: &str, from: Option<i64>, until: Option<i64>) -> Grant {
        Grant {
            roles: Roles::new(roles.iter().copied()).unwrap(),
            scope: Scope::themes_only([theme]),
            from: from.map(Timestamp::from_ms),
            until: until.map(Timestamp::from_ms),
        }
    }

    #[test]
    fn each_right_reaches_as_far_as_the_grants_that_give_it() {
        let grants = [
            grant(&[Role::Operator], "water", None, None),
            grant(&[Role::Handler], "fire", None, None),
            grant(&[Role::Steward], "park", Some(100), Some(200)),
        ];
        let covers = |now, right, theme| {
            let scope = effective(&grants, Timestamp::from_ms(now)).unwrap().scope(right);
            scope.is_some_and(|scope| scope.covers(&Object::of_theme(theme)))
        };
        for (now, right, theme, expected) in [
            (0, Right::SeeCity, "water", true),
            (0, Right::SeeCity, "fire", true),
            (0, Right::SeeCity, "park", false),
            (0, Right::SeeOperation, "water", true),
            (0, Right::SeeOperation, "fire", false), // handlers have it not
            (0, Right::AddPhoto, "fire", true),
            (0, Right::AddPhoto, "water", false),
            (99, Right::Correct, "park", false),
            (100, Right::Correct, "park", true),
            (199, Right::Correct, "park", true),
            (200, Right::Correct, "park", false),
            (150, Right::Correct, "water", false),
        ] {
            assert_eq!(covers(now, right, theme), expected, "{now} {right} {theme}");
        }
        assert!(effective(&grants, Timestamp::from_ms(0)).unwrap().rights().holds(Right::Command));
    }

    #[test]
    fn excluding_roles_never_act_together() {
        let until = grant(&[Role::SystemAdmin], "water", None, Some(100));
        let after = grant(&[Role::SecurityAdmin], "water", Some(100), None);
        let during = grant(&[Role::Leader], "water", Some(50), Some(60));
        assert_eq!(check_grants(&[until.clone(), after.clone()]), Ok(()));
        let conflict = Conflict { first: Role::SystemAdmin, second: Role::Leader };
        assert_eq!(check_grants(&[until.clone(), during.clone(), after]), Err(conflict));
        let grants = [until, during];
        assert!(effective(&grants, Timestamp::from_ms(49)).is_some());
        assert_eq!(effective(&grants, Timestamp::from_ms(50)), None);
        assert_eq!(effective(&grants, Timestamp::from_ms(100)), None);
    }
}
