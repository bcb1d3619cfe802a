//! The audit beside the database: every batch is copied off the host in its order, the newest head is kept in a second
//! place, the chain is followed, and what is old enough is forgotten. Writes no line about what people do: that happens in
//! the transaction of the act, elsewhere. Nothing that fails here stops the hub; it is shown, counted and tried again.

mod copy;
mod file;
mod keeper;
mod mind;
mod place;
mod reading;
mod record;
mod standing;
mod syslog;
mod trouble;
mod wire;

use std::path::PathBuf;

pub use keeper::{Keeper, NotVerified};
pub use place::{KEPT_HEAD, STANDING, copies, kept_head};
pub use reading::CopyRead;
pub use record::{Line, Record};
pub use standing::{Chain, CopyKind, CopyStanding, Kept, Standing};
pub use trouble::Trouble;
pub use wire::{SyslogTarget, Tls};

/// What the audit is kept for at least (网络安全法 第二十一条: 不少于六个月), days. The database refuses less, too.
pub const KEEP_DAYS_LEAST: u32 = 180;

/// How the audit is kept.
#[derive(Debug, Clone)]
pub struct Options {
    /// Days that lines are kept, at least [`KEEP_DAYS_LEAST`].
    pub keep_days: u32,
    /// A copy as a file.
    pub file: Option<CopyFile>,
    /// A copy by syslog.
    pub syslog: Option<SyslogTarget>,
    /// How this machine calls itself in messages.
    pub host: String,
}

impl Default for Options {
    fn default() -> Self {
        Self { keep_days: KEEP_DAYS_LEAST, file: None, syslog: None, host: "-".to_owned() }
    }
}

/// A copy as a file of lines of JSON, to which is only ever added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyFile {
    /// Where; its folder must be there, e.g. one of another machine.
    pub path: PathBuf,
    /// A file that would grow beyond this is put aside as `PATH.NUMBER`, by the number of its last batch, and a new one
    /// begun. Bytes.
    pub bytes_most: u64,
}
