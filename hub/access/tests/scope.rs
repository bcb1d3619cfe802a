//! What scopes cover: tables, the laws of the union, and what a question costs. Nothing of grants or roles.

use chengshu_access::{Extent, Object, Part, Scope};
use proptest::prelude::*;

fn extent(themes: &[&str], departments: &[&str], areas: &[&str]) -> Extent {
    let part = |names: &[&str]| if names == ["*"] { Part::All } else { Part::some(names) };
    Extent::new(part(themes), part(departments), part(areas), Part::All)
}

fn object<'a>(theme: &'a str, department: Option<&'a str>, area: Option<&'a str>) -> Object<'a> {
    Object { theme, department, area, camera: None }
}

#[test]
fn doubt_is_closed() {
    let scope = Scope::of([extent(&["water"], &["水务局"], &["*"])]);
    for (theme, department, covered) in [
        ("water", Some("水务局"), true),
        ("water", Some("水务"), false),
        ("water", None, false), // nobody answers for it: only those who see all departments
        ("fire", Some("水务局"), false),
        ("", Some("水务局"), false),
    ] {
        assert_eq!(scope.covers(&object(theme, department, None)), covered, "{theme} {department:?}");
    }
    assert!(Scope::All.covers(&object("water", None, None)));
    assert!(!Scope::nothing().covers(&object("water", None, None)));
    assert_eq!(Scope::nothing().themes(), Some(vec![]));
}

#[test]
fn cameras_need_one_of_their_groups() {
    let scope = Scope::of([Extent::new(Part::All, Part::All, Part::All, Part::some(["广场"]))]);
    let groups = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    for (camera, covered) in [
        (None, true), // no camera
        (Some(groups(&["学校", "广场"])), true),
        (Some(groups(&["学校"])), false),
        (Some(groups(&[])), false),
    ] {
        let object = Object { camera: camera.as_deref(), ..Object::of_theme("urban") };
        assert_eq!(scope.covers(&object), covered, "{camera:?}");
        assert!(Scope::All.covers(&object));
    }
}

#[test]
fn a_union_gives_no_more_than_its_parts() {
    let scope = Scope::union([
        &Scope::of([extent(&["water"], &["水务局"], &["*"])]),
        &Scope::of([extent(&["fire"], &["消防大队"], &["*"])]),
    ]);
    assert!(scope.covers(&object("water", Some("水务局"), None)));
    assert!(scope.covers(&object("fire", Some("消防大队"), None)));
    assert!(!scope.covers(&object("water", Some("消防大队"), None)));
    assert!(!scope.covers(&object("fire", Some("水务局"), None)));
    assert_eq!(scope.themes(), Some(vec!["fire".to_owned(), "water".to_owned()]));
    assert_eq!(scope.extents().unwrap().len(), 2);
    // what can be said in one extent is
    let one = Scope::of([extent(&["water"], &["a"], &["*"]), extent(&["fire"], &["a"], &["*"])]);
    assert_eq!(one, Scope::of([extent(&["water", "fire"], &["a"], &["*"])]));
    assert_eq!(one.departments(), Some(vec!["a".to_owned()]));
    assert_eq!(one.areas(), None);
    assert_eq!(Scope::union([&one, &Scope::All]), Scope::All);
}

#[test]
fn is_read_back_and_never_wider_than_written() {
    let scope = Scope::of([extent(&["water"], &["水务局"], &["441700"]), extent(&["fire"], &["*"], &["*"])]);
    let text = serde_json::to_string(&scope).unwrap();
    assert_eq!(serde_json::from_str::<Scope>(&text).unwrap(), scope);
    assert_eq!(serde_json::from_str::<Scope>("[]").unwrap(), Scope::nothing());
    let all = r#"[{"themes":"all","departments":"all","areas":"all","camera_groups":"all"}]"#;
    assert_eq!(serde_json::from_str::<Scope>(all).unwrap(), Scope::All);
    assert_eq!(serde_json::to_string(&Scope::All).unwrap(), all);
    for bad in [
        "null",
        "{}",
        "[{}]",
        r#"[{"themes":["water"]}]"#, // what is missing is not everything
        r#"[{"themes":null,"departments":"all","areas":"all","camera_groups":"all"}]"#,
        r#"[{"themes":"all","departments":"all","areas":"all","camera_groups":"all","role":"leader"}]"#,
    ] {
        assert!(serde_json::from_str::<Scope>(bad).is_err(), "{bad}");
    }
}

fn names() -> impl Strategy<Value = Part> {
    prop_oneof![Just(Part::All), proptest::collection::btree_set("[abc]", 0..3).prop_map(Part::some)]
}

fn any_extent() -> impl Strategy<Value = Extent> {
    (names(), names(), names())
        .prop_map(|(themes, departments, areas)| Extent::new(themes, departments, areas, Part::All))
}

proptest! {
    /// However extents are joined: an object is covered exactly when one of the extents alone covers it.
    #[test]
    fn joining_changes_nothing(extents in proptest::collection::vec(any_extent(), 0..6),
                               theme in "[abcd]", department in proptest::option::of("[abcd]"),
                               area in proptest::option::of("[abcd]")) {
        let object = object(&theme, department.as_deref(), area.as_deref());
        let apart = extents.iter().any(|one| Scope::of([one.clone()]).covers(&object));
        prop_assert_eq!(Scope::of(extents).covers(&object), apart);
    }
}
