//! What the hub is made of, besides itself: every licence is one that deny.toml allows, nothing that it bans is there, and all
//! of it comes from one registry. Known dangers need the network: `make deny`.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use spdx::{Expression, ParseMode};
use toml::Table;

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn licences_bans_and_sources_are_as_deny_toml_says() {
    let rules: Table = std::fs::read_to_string(root().join("deny.toml")).unwrap().parse().unwrap();
    let list = |section: &str, key: &str| rules[section][key].as_array().unwrap().clone();
    let allowed: Vec<String> = list("licenses", "allow").iter().map(|one| one.as_str().unwrap().to_owned()).collect();
    let banned: Vec<String> =
        list("bans", "deny").iter().map(|one| one["crate"].as_str().unwrap().to_owned()).collect();
    let allows = |text: &str| {
        let expression = Expression::parse_mode(text, ParseMode::LAX).map_err(|error| format!("{text:?}: {error}"))?;
        Ok::<bool, String>(expression.evaluate(|one| allowed.contains(&one.to_string())))
    };
    assert_eq!(
        (allows("MIT/Apache-2.0"), allows("GPL-3.0 AND MIT"), allows("AGPL-3.0-only OR MIT")),
        (Ok(true), Ok(false), Ok(true))
    );

    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--offline", "--filter-platform=x86_64-unknown-linux-gnu"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 200, "only {} packages were seen", packages.len());
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"].as_str().unwrap_or_else(|| panic!("{name} names no licence"));
        assert_eq!(allows(licence), Ok(true), "{name}: {licence}; deny.toml says which may be part of the hub");
        let registry = package["source"].as_str().is_none_or(|source| source.starts_with("registry+"));
        assert!(registry, "{name} comes from {}", package["source"]);
        assert!(!banned.contains(&name.to_owned()), "{name} is banned by deny.toml");
    }
}
