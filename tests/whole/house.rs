//! House rules as tests: who may know whom, how long a file may be, what must be documented.

use std::path::{Path, PathBuf};

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// What each crate may depend on, besides core.
const ARROWS: [(&str, &[&str]); 27] = [
    ("chengshu-core", &[]),
    ("chengshu-access", &[]),
    ("chengshu-rules", &[]),
    ("chengshu-store", &["access"]),
    ("chengshu-seal", &[]),
    ("chengshu-broker", &[]),
    ("chengshu-identity", &["access", "broker", "seal", "store"]),
    ("chengshu-audit", &["access", "store"]),
    ("chengshu-spool", &[]),
    ("chengshu-evidence", &[]),
    ("chengshu-engine", &["access", "rules", "spool", "store"]),
    ("chengshu-dial", &[]),
    ("chengshu-sso", &["access", "dial"]),
    ("chengshu-hooks", &["dial", "engine", "seal", "store"]),
    ("chengshu-orders", &["engine", "store"]),
    ("chengshu-sheet", &[]),
    ("chengshu-sta", &[]),
    (
        "chengshu-api",
        &["access", "audit", "broker", "engine", "evidence", "identity", "seal", "sheet", "sso", "sta", "store"],
    ),
    ("chengshu-mapping", &[]),
    ("chengshu-mqtt", &[]),
    ("chengshu-line", &[]),
    ("chengshu-sl651", &["line"]),
    ("chengshu-gb26875", &["line"]),
    ("chengshu-hj212", &["line"]),
    ("chengshu-topics", &["rules"]),
    ("chengshu-sim", &["gb26875", "hj212", "line", "sl651"]),
    (
        "chengshu",
        &[
            "access", "api", "audit", "broker", "engine", "evidence", "gb26875", "hj212", "hooks", "identity", "line",
            "mapping", "mqtt", "orders", "seal", "sim", "sl651", "spool", "sso", "store", "topics",
        ],
    ),
];

#[test]
fn arrows_point_downward() {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        if name == "chengshu-tests" {
            continue;
        }
        let allowed = ARROWS
            .iter()
            .find(|(known, _)| *known == name)
            .unwrap_or_else(|| panic!("{name}: say in ARROWS what it may know"))
            .1;
        for dependency in package["dependencies"].as_array().unwrap().iter().filter(|d| d["kind"].is_null()) {
            let other = dependency["name"].as_str().unwrap();
            if let Some(short) = other.strip_prefix("chengshu-") {
                assert!(short == "core" || allowed.contains(&short), "{name} may not know {other}");
            }
            let sql = other == "sqlx" && name != "chengshu-store";
            assert!(!sql, "{name} has sqlx; SQL stands in hub/store only");
        }
    }
}

fn files(dir: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir()
            && !name.starts_with('.')
            && !["target", "node_modules", "dist", "data", "shots", "corpus"].contains(&name.as_str())
        {
            files(&path, into);
        } else if [".rs", ".ts", ".vue", ".mjs", ".sh", ".sql"].iter().any(|ending| name.ends_with(ending))
            && name != "schema.d.ts"
        {
            into.push(path);
        }
    }
}

#[test]
fn files_are_short_and_say_what_they_are() {
    let mut all = Vec::new();
    files(&root(), &mut all);
    assert!(all.len() > 100, "the walk found only {} files", all.len());
    let mut lengths = Vec::new();
    for path in &all {
        let text = std::fs::read_to_string(path).unwrap();
        let lines = text.lines().count();
        assert!(lines <= 600, "{} has {lines} lines; split it by ideas", path.display());
        lengths.push(lines);
        let first = text.lines().find(|line| !line.starts_with("#!") && !line.is_empty()).unwrap_or_default();
        let opens = ["//", "/*", "--", "#", "<!--", "<script"].iter().any(|mark| first.starts_with(mark));
        assert!(opens, "{} does not open with what it is", path.display());
    }
    lengths.sort_unstable();
    println!(
        "{} files, median {} lines, longest {}",
        lengths.len(),
        lengths[lengths.len() / 2],
        lengths[lengths.len() - 1]
    );
}

#[test]
fn every_metric_is_documented() {
    let text = std::fs::read_to_string(root().join("deploy/METRICS.md")).unwrap();
    let mut sources = Vec::new();
    files(&root().join("hub"), &mut sources);
    let mut found = 0;
    for path in sources {
        let source = std::fs::read_to_string(&path).unwrap();
        for name in source
            .split('"')
            .filter(|word| word.starts_with("chengshu_") && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
        {
            found += 1;
            assert!(text.contains(name), "{name} ({}) is not in deploy/METRICS.md", path.display());
        }
    }
    assert!(found >= 8, "only {found} metrics were found");
}

#[test]
fn the_top_level_is_the_house() {
    let entries = std::fs::read_dir(root()).unwrap().map(|entry| entry.unwrap());
    let folders =
        entries.filter(|entry| entry.path().is_dir()).map(|entry| entry.file_name().to_string_lossy().into_owned());
    // what is built or stored by a running hub does not count
    let mut folders: Vec<String> =
        folders.filter(|name| !name.starts_with('.') && name != "target" && name != "data").collect();
    folders.sort();
    assert_eq!(folders, ["adapters", "dashboards", "deploy", "hub", "tests", "topics"]);
}
