//! What callers of each kind may, and what asking costs. Nothing of how they are recognised.

use chengshu_access::{Caller, Grant, NotUnmasked, Object, Purpose, Right, Rights, Role, Roles, Scope};
use chengshu_core::model::Timestamp;

const NOW: Timestamp = Timestamp::from_ms(1_000);

fn grant(role: Role, theme: &str) -> Grant {
    Grant { scope: Scope::themes_only([theme]), ..Grant::from(role) }
}

#[test]
fn screens_see_and_do_nothing_else() {
    let screen = Caller::screen("hall", "flood", Scope::themes_only(["water"]));
    for right in Right::ALL {
        assert_eq!(screen.may(right, NOW).is_some(), right == Right::SeeCity, "{right}");
    }
    assert!(!screen.may(Right::SeeCity, NOW).unwrap().covers(&Object::of_theme("fire")));
}

#[test]
fn services_hold_what_they_were_given_and_never_a_persons_right() {
    let every: Rights = Right::ALL.into_iter().collect();
    let service = Caller::service("drainage", "排水公司", every, Scope::themes_only(["water"]));
    for right in Right::ALL {
        assert_eq!(service.may(right, NOW).is_some(), right.for_services(), "{right}");
    }
    let none = Caller::service("new", "新密钥", Rights::NONE, Scope::All);
    assert!(Right::ALL.into_iter().all(|right| none.may(right, NOW).is_none()));
}

#[test]
fn people_hold_what_is_in_force_and_their_own_session() {
    let nobody = Caller::person("1", "王小明", [].into());
    assert_eq!(nobody.rights(NOW).iter().collect::<Vec<_>>(), [Right::Own]);
    assert!(nobody.may(Right::SeeCity, NOW).is_none());
    let conflict = [Grant::from(Role::SystemAdmin), Grant::from(Role::AuditAdmin)];
    let forged = Caller::person("2", "李四", conflict.into());
    assert_eq!(forged.rights(NOW).iter().collect::<Vec<_>>(), [Right::Own]);
    assert!(forged.may(Right::ReadAudit, NOW).is_none());
    let confined = Caller::person_confined("3", "张三");
    assert!(Right::ALL.into_iter().all(|right| confined.may(right, NOW).is_some() == (right == Right::Own)));
    for role in Role::ALL {
        let person = Caller::person("4", "赵", [Grant::from(role)].into());
        for right in Right::ALL {
            assert_eq!(person.may(right, NOW).is_some(), person.rights(NOW).holds(right), "{role} {right}");
        }
    }
}

#[test]
fn devices_speak_for_themselves_and_their_children() {
    let water = Object::of_theme("water");
    let device = Caller::device("gw-1", "water");
    for (id, gateway, object, expected) in [
        ("gw-1", None, water, true),
        ("pump-1", Some("gw-1"), water, true),
        ("pump-1", Some("gw-2"), water, false),
        ("pump-1", None, water, false),
        ("gw-1", None, Object::of_theme("fire"), false),
    ] {
        assert_eq!(device.speaks_for(id, gateway, &object, NOW), expected, "{id} {gateway:?}");
    }
    assert!(Right::ALL.into_iter().all(|right| device.may(right, NOW).is_some() == (right == Right::Ingest)));
    assert!(!Caller::local().speaks_for("gw-1", None, &water, NOW));
    let rights = Rights::for_service([Right::Ingest]).unwrap();
    let service = Caller::service("a", "a", rights, Scope::themes_only(["water"]));
    assert!(service.speaks_for("any", None, &water, NOW));
    assert!(!service.speaks_for("any", None, &Object::of_theme("fire"), NOW));
}

#[test]
fn nothing_is_unmasked_without_role_purpose_scope_and_reason() {
    let grants = [grant(Role::Handler, "water"), grant(Role::Maintainer, "fire"), grant(Role::Steward, "park")];
    let person = Caller::person("7", "王小明", grants.into());
    let denied = Err(NotUnmasked::Denied);
    for (purpose, theme, reason, expected) in [
        (Purpose::HandleCase, "water", "核对 13812345678 的来电", Ok(())),
        (Purpose::Repair, "fire", "泵站离线两天", Ok(())),
        (Purpose::HandleCase, "fire", "泵站离线两天", denied), // the maintainer has no cases
        (Purpose::CallBack, "water", "泵站离线两天", denied),
        (Purpose::Repair, "park", "泵站离线两天", denied), // stewards never
        (Purpose::HandleCase, "water", "  查 ", Err(NotUnmasked::Reason { got: 1 })),
    ] {
        let made = person.unmask(purpose, reason, &Object::of_theme(theme), NOW);
        assert_eq!(made.as_ref().map(|_| ()).map_err(|error| *error), expected, "{purpose} {theme}");
    }
    let proof = person.unmask(Purpose::HandleCase, "核对 13812345678 的来电", &Object::of_theme("water"), NOW).unwrap();
    assert_eq!((proof.who(), proof.reason()), ("person:7", "核对 138****5678 的来电"));
}

#[test]
fn nobody_grants_to_themselves() {
    let security = Caller::person("9", "孙", [Grant::from(Role::SecurityAdmin)].into());
    assert!(security.may_grant_to("7", NOW) && !security.may_grant_to("9", NOW));
    assert!(!Caller::person("8", "周", [Grant::from(Role::SystemAdmin)].into()).may_grant_to("7", NOW));
}

#[test]
fn labels_carry_no_names() {
    let person = Caller::person("7", "王小明", [Grant::from(Role::Leader)].into());
    assert_eq!(person.identity().label(), "person:7");
    assert!(!format!("{person:?}").contains("王小明"));
    assert_eq!(Caller::demo().identity().label(), "demo");
}

/// The whole question of a request: 30 µs are allowed with everything around it. Not a benchmark: it only finds a
/// blunder, such as an allocation for every object.
#[test]
fn asking_is_cheap() {
    let roles = Roles::new([Role::Operator, Role::Dispatcher]).unwrap();
    let names: Vec<String> = (1..200).map(|n| format!("441702{n:03}")).collect();
    let scope = Scope::of([chengshu_access::Extent::new(
        chengshu_access::Part::some(["water", "fire"]),
        chengshu_access::Part::some(["水务局", "消防大队"]),
        chengshu_access::Part::some(&names),
        chengshu_access::Part::All,
    )]);
    let person = Caller::person("7", "王", [Grant { roles, scope, from: None, until: None }].into());
    let object = Object { theme: "water", department: Some("水务局"), area: Some("441702199001"), camera: None };
    let rounds = 100_000;
    #[expect(clippy::disallowed_methods, reason = "a test that measures")]
    let start = std::time::Instant::now();
    for _ in 0..rounds {
        assert!(person.may(Right::SeeCity, NOW).is_some());
    }
    let asked = start.elapsed() / rounds;
    let scope = person.may(Right::SeeCity, NOW).unwrap();
    #[expect(clippy::disallowed_methods, reason = "a test that measures")]
    let start = std::time::Instant::now();
    for _ in 0..rounds {
        assert!(scope.covers(std::hint::black_box(&object)));
    }
    let covered = start.elapsed() / rounds;
    println!("may {asked:?}, covers {covered:?}");
    assert!(asked.as_micros() < 20 && covered.as_micros() < 10, "may {asked:?}, covers {covered:?}");
}
