//! Root is only for setting up: before anything else the hub becomes user `chengshu`. PostgreSQL refuses root anyway,
//! and a hole in the hub then opens less.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use nix::unistd::{Gid, Uid, User, chown, initgroups, setgid, setuid};

const NAME: &str = "chengshu";
const SYSTEM_DIR: &str = "/var/lib/chengshu";

/// A data folder, and the user that root becomes to use it.
pub struct Place {
    /// The folder; it may not be there yet.
    pub dir: PathBuf,
    /// None when the program does not run as root.
    pub user: Option<User>,
}

/// Chooses the data folder, makes it the hub's own, and drops root. Called before the first thread is started.
pub fn settle(wanted: Option<&Path>) -> anyhow::Result<PathBuf> {
    choose(wanted)?.enter()
}

/// Chooses the data folder and touches nothing.
pub fn choose(wanted: Option<&Path>) -> anyhow::Result<Place> {
    if !Uid::effective().is_root() {
        return Ok(Place { dir: std::path::absolute(wanted.unwrap_or(Path::new("data")))?, user: None });
    }
    let user = User::from_name(NAME).context("looking up user chengshu")?;
    let user = user.with_context(|| {
        format!("root may not run the hub's database, and user {NAME} does not exist; run deploy/setup.sh")
    })?;
    let here = std::env::current_dir().context("finding the current folder")?.join("data");
    let dir = match wanted {
        Some(dir) => std::path::absolute(dir)?,
        None if reachable(&here, &user) => here,
        None => PathBuf::from(SYSTEM_DIR),
    };
    Ok(Place { dir, user: Some(user) })
}

impl Place {
    /// Makes the folder the hub's own, and drops root.
    pub fn enter(self) -> anyhow::Result<PathBuf> {
        let Self { dir, user } = self;
        make(&dir)?;
        let Some(user) = user else {
            return dir.canonicalize().with_context(|| format!("finding {}", dir.display()));
        };
        chown(&dir, Some(user.uid), Some(user.gid)).with_context(|| format!("giving {} to {NAME}", dir.display()))?;
        drop_root(&user)?;
        std::fs::read_dir(&dir).with_context(|| {
            format!(
                "user {NAME} cannot reach {}; choose a data folder that it can (hub.data_dir, demo: --data)",
                dir.display()
            )
        })?;
        Ok(dir)
    }
}

fn make(dir: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o755)
        .create(dir)
        .with_context(|| format!("making {}", dir.display()))
}

/// Refuses a folder that `user` could not enter.
pub fn ensure_reachable(dir: &Path, user: &User) -> anyhow::Result<()> {
    let name = &user.name;
    anyhow::ensure!(
        reachable(dir, user),
        "user {name}, which does the work, cannot pass a folder above {}; choose another place, or let it pass (chmod a+x)",
        dir.display()
    );
    Ok(())
}

/// Whether `user` can walk down to `dir`: every folder above it must let others (or the user) pass.
fn reachable(dir: &Path, user: &User) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    dir.ancestors().skip(1).all(|folder| {
        std::fs::metadata(folder).is_ok_and(|meta| {
            let mode = meta.mode();
            let passes = if meta.uid() == user.uid.as_raw() {
                0o100
            } else if meta.gid() == user.gid.as_raw() {
                0o010
            } else {
                0o001
            };
            mode & passes != 0
        })
    })
}

fn drop_root(user: &User) -> anyhow::Result<()> {
    let name = std::ffi::CString::new(user.name.as_str())?;
    initgroups(&name, user.gid).context("setting the groups of user chengshu")?;
    setgid(Gid::from_raw(user.gid.as_raw())).context("becoming group chengshu")?;
    setuid(user.uid).context("becoming user chengshu")
}
