//! The one table of who may do what: role by right. Scopes narrow it further and nothing widens it. The page of the
//! documentation is printed from it; a right without a row, or a row of the wrong length, does not compile.

use crate::right::Right::{self, *};
use crate::role::{Role, Roles};

#[rustfmt::skip] // it reads as a table
const ROWS: [(Right, &str); Right::ALL.len()] = [
    // operator · dispatcher · handler · field worker · maintainer · steward · leader | system · security · audit
    //                 op di ha fw ma st le  sy se au
    (Own,             "x  x  x  x  x  x  x   x  x  x"),
    // Administrators run the hub, not the city: none of them sees it.
    (SeeCity,         "x  x  x  x  x  x  x   .  .  ."),
    // Names of staff stand in it; field workers see what is theirs by their scope.
    (SeeWork,         "x  x  x  x  x  x  x   .  .  ."),
    // The desk must know why a value is old; leaders and handlers are told by the status of the device.
    (SeeOperation,    "x  .  .  .  x  x  .   x  .  ."),
    // May hold personal data: only those who mend the input. Not the system administrator.
    (SeeRaw,          ".  .  .  .  x  x  .   .  .  ."),
    // A file leaves the house: not on a field worker's telephone. The maintainer checks the register on site with it.
    (Export,          "x  x  x  .  x  x  x   .  .  ."),
    (EditRegister,    ".  .  .  .  x  x  .   .  .  ."),
    // Whoever mounts a device gives it its secret; the system administrator runs the broker. Not the steward, who mends data.
    (EquipDevices,    ".  .  .  .  x  .  .   x  .  ."),
    (AddPhoto,        ".  .  x  x  x  x  .   .  .  ."),
    // History is mended by the steward alone: not by whoever's work it may show.
    (Correct,         ".  .  .  .  .  x  .   .  .  ."),
    (Replay,          ".  .  .  .  x  x  .   .  .  ."),
    // No person speaks for a device: services and devices only. A reading by hand is a correction.
    (Ingest,          ".  .  .  .  .  .  .   .  .  ."),
    // Handlers: the department that owns a pump runs it, within its scope.
    (Command,         "x  .  x  .  x  .  .   .  .  ."),
    // The second person answers for the effect in the city; the maintainer, who tests devices, does not.
    (ApproveCommand,  "x  .  x  .  .  .  x   .  .  ."),
    (TryFrames,       ".  .  .  .  x  x  .   .  .  ."),
    // A receiver is a standing export: needs somebody who may see what it tells.
    (Webhooks,        ".  .  .  .  x  .  .   .  .  ."),
    // By purpose, see `purpose`. Field workers: the case that is handed to them will show its own (cases come later).
    (Unmask,          "x  x  x  .  x  .  .   .  .  ."),
    // Whoever grants or audits must know to whom.
    (SeeAccounts,     ".  .  .  .  .  .  .   x  x  x"),
    // Creates people without roles and resets passwords; roles are given and second factors reset under Grant: neither
    // administrator can make, or take over, an account alone.
    (ManageAccounts,  ".  .  .  .  .  .  .   x  .  ."),
    (ManageKeys,      ".  .  .  .  .  .  .   x  .  ."),
    (Grant,           ".  .  .  .  .  .  .   .  x  ."),
    (ReadAudit,       ".  .  .  .  .  .  .   .  .  x"),
    // Brokers ask, not people.
    (JudgeDevices,    ".  .  .  .  .  .  .   .  .  ."),
    (Configure,       ".  .  .  .  .  .  .   x  .  ."),
];

/// The same by right: one bit for each role that has it.
const TABLE: [u16; Right::ALL.len()] = {
    let mut table = [0; Right::ALL.len()];
    let mut row = 0;
    while row < ROWS.len() {
        assert!(ROWS[row].0 as usize == row, "the rows stand in the order of Right");
        table[row] = read(ROWS[row].1);
        row += 1;
    }
    table
};

const fn read(marks: &str) -> u16 {
    let marks = marks.as_bytes();
    let (mut bits, mut role, mut at) = (0, 0, 0);
    while at < marks.len() {
        match marks[at] {
            b' ' => {}
            b'.' => role += 1,
            mark => {
                assert!(mark == b'x', "a mark is x or .");
                bits |= 1 << role;
                role += 1;
            }
        }
        at += 1;
    }
    assert!(role == Role::ALL.len(), "a row has one mark for each role");
    bits
}

/// True when one of the roles has the right.
#[must_use]
pub const fn allows(roles: Roles, right: Right) -> bool {
    roles.bits() & TABLE[right as usize] != 0
}

/// The whole table, right by right, for the page of the documentation and its test.
pub fn matrix() -> impl Iterator<Item = (Right, Role, bool)> {
    let cell = |right: Right, role: Role| (right, role, TABLE[right as usize] & role.bit() != 0);
    Right::ALL.into_iter().flat_map(move |right| Role::ALL.into_iter().map(move |role| cell(right, role)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(right: Right) -> Vec<Role> {
        matrix().filter(|(one, _, yes)| *one == right && *yes).map(|(_, role, _)| role).collect()
    }

    fn what(role: Role) -> Vec<Right> {
        matrix().filter(|(_, one, yes)| *one == role && *yes).map(|(right, _, _)| right).collect()
    }

    #[test]
    fn the_three_administrators_share_nothing_but_the_list_of_people() {
        assert_eq!(who(ReadAudit), [Role::AuditAdmin]);
        assert_eq!(who(Grant), [Role::SecurityAdmin]);
        for right in [ManageAccounts, ManageKeys, Configure] {
            assert_eq!(who(right), [Role::SystemAdmin], "{right}");
        }
        assert_eq!(
            what(Role::SystemAdmin),
            [Own, SeeOperation, EquipDevices, SeeAccounts, ManageAccounts, ManageKeys, Configure]
        );
        assert_eq!(what(Role::SecurityAdmin), [Own, SeeAccounts, Grant]);
        // the audit administrator changes nothing but their own password
        assert_eq!(what(Role::AuditAdmin), [Own, SeeAccounts, ReadAudit]);
    }

    #[test]
    fn no_administrator_sees_the_city() {
        for right in [SeeCity, SeeWork, SeeRaw, Export, Unmask, Command, Webhooks, Ingest] {
            assert!(who(right).iter().all(|role| !role.is_administrator()), "{right}");
        }
        assert!(
            what(Role::Operator)
                .iter()
                .all(|right| right.for_services() || [Own, ApproveCommand, Unmask].contains(right))
        );
    }

    #[test]
    fn whoever_sends_outward_may_see_what_is_sent() {
        for right in [Export, Webhooks, Unmask, Command, ApproveCommand, Correct, EditRegister, AddPhoto] {
            assert!(who(right).iter().all(|role| who(SeeCity).contains(role)), "{right}");
        }
        assert_eq!(who(Correct), [Role::Steward]);
        assert_eq!((who(Ingest), who(JudgeDevices)), (vec![], vec![]), "no person speaks for a device or judges it");
        assert_eq!(who(EquipDevices), [Role::Maintainer, Role::SystemAdmin]);
    }

    #[test]
    fn allows_is_the_table() {
        assert_eq!(matrix().count(), Right::ALL.len() * Role::ALL.len());
        for (right, role, yes) in matrix() {
            assert_eq!(allows(Roles::new([role]).unwrap(), right), yes, "{right} {role}");
            assert!(!allows(Roles::default(), right));
        }
        let both = Roles::new([Role::FieldWorker, Role::Steward]).unwrap();
        assert!(allows(both, Correct) && allows(both, AddPhoto) && !allows(both, Command));
    }
}
