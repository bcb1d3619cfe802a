//! The hub's binary: built first, and refused when it is older than its sources, so that no test ever passes on
//! yesterday's program.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::SystemTime;

use anyhow::Context as _;

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub(crate) fn hub() -> anyhow::Result<PathBuf> {
    static BINARY: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    BINARY.get_or_init(|| build().map_err(|error| format!("{error:#}"))).clone().map_err(anyhow::Error::msg)
}

fn build() -> anyhow::Result<PathBuf> {
    let me = std::env::current_exe()?;
    let profile = me.ancestors().find(|dir| ["debug", "release"].iter().any(|name| dir.ends_with(name)));
    let profile = profile.context("the tests do not run from a target folder")?;
    // of the whole workspace, as `make test` builds it: another selection would mean other features of the same crates
    let mut cargo = std::process::Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--workspace", "--bin", "chengshu"]).current_dir(root());
    // what the outer cargo says of this package makes ring's build script, and all that stands on it, run anew
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_MANIFEST") || name.starts_with("CARGO_PKG")) {
            cargo.env_remove(name);
        }
    }
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    anyhow::ensure!(cargo.status()?.success(), "building chengshu failed");
    let binary = profile.join("chengshu");
    let built = binary.metadata().context("chengshu was not built")?.modified()?;
    for folder in ["hub", "adapters", "topics"] {
        if let Some(newer) = newer_source(&root().join(folder), built)? {
            anyhow::bail!("{} is older than {}", binary.display(), newer.display());
        }
    }
    Ok(binary)
}

/// A source that was changed after `built`; unit tests are not part of the program.
fn newer_source(dir: &Path, built: SystemTime) -> anyhow::Result<Option<PathBuf>> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir()
            && !["fuzz", "tests", "target"].contains(&name)
            && let Some(newer) = newer_source(&path, built)?
        {
            return Ok(Some(newer));
        }
        let source = (name.ends_with(".rs") && name != "tests.rs") || name.ends_with(".sql");
        if source && path.metadata()?.modified()? > built {
            return Ok(Some(path));
        }
    }
    Ok(None)
}
