//! The policy of passwords: what is refused, what passes, and what is asked last. Hashes nothing.

use chengshu_access::{Fault, PasswordPolicy, check_password};
use chengshu_core::model::Timestamp;

fn faults(new: &str) -> Vec<Fault> {
    check_password(&PasswordPolicy::default(), &["wangxm", "王小明"], new, Vec::<fn(&str) -> bool>::new())
}

#[test]
fn each_fault_is_found_and_good_ones_pass() {
    for good in ["Tide-gate.72 north", "correct Horse 9 battery", "江堤上的灯Ab3亮了一整夜呢", "x7#KpQ!m2Zr9"]
    {
        assert_eq!(faults(good), [], "{good}");
    }
    for (bad, expected) in [
        ("Ab3#efgh", Fault::TooShort { min: 12 }),
        ("tidegatenorthbank", Fault::FewClasses { needed: 3, got: 1 }),
        ("aA1aA1aA1aA1", Fault::Regular),
        ("Abcdefghijkl1", Fault::Regular),
        ("12345678901234", Fault::Regular),
        ("Wangxm-river-72", Fault::HasName),
        ("mxgnaW-river-72", Fault::HasName),
        ("王小明-River-72-bank", Fault::HasName),
        ("Password@2026", Fault::Common),
        ("P@ssw0rd123456", Fault::Common),
        ("Admin@123456789", Fault::Common),
        ("1qaz2WSX3edc!", Fault::Common),
        ("Adminadmin@2026", Fault::Common),
        ("Chengshu_20261122", Fault::Common),
        ("20261122!20261122", Fault::Common),
    ] {
        assert!(faults(bad).contains(&expected), "{bad}: {:?}", faults(bad));
    }
    assert_eq!(faults(&"aB3#".repeat(1000)), [Fault::TooLong { max: 128 }]);
    assert_eq!(serde_json::to_string(&faults("Ab3#efxz")).unwrap(), r#"[{"code":"too_short","min":12}]"#);
}

#[test]
fn old_ones_are_asked_last_and_no_more_than_remembered() {
    let policy = PasswordPolicy { history: 2, ..PasswordPolicy::default() };
    let asked = std::cell::Cell::new(0);
    let check = |new: &str, same: usize| {
        let old = (0..9).map(|n| {
            let asked = &asked;
            move |_: &str| {
                asked.set(asked.get() + 1);
                n == same
            }
        });
        check_password(&policy, &[], new, old)
    };
    assert!(!check("short", 0).is_empty());
    assert_eq!(asked.get(), 0);
    assert_eq!(check("Tide-gate.72 north", 1), [Fault::UsedBefore { history: 2 }]);
    assert_eq!(check("Tide-gate.72 north", 2), []);
    assert_eq!(asked.get(), 4);
}

#[test]
fn ages() {
    let (policy, set, day) = (PasswordPolicy::default(), Timestamp::from_ms(0), 86_400_000);
    assert!(
        !policy.is_expired(set, Timestamp::from_ms(90 * day - 1))
            && policy.is_expired(set, Timestamp::from_ms(90 * day))
    );
    let never = PasswordPolicy { max_age_days: 0, ..policy };
    assert!(!never.is_expired(set, Timestamp::from_ms(9_999 * day)));
}
