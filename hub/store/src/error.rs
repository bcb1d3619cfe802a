//! Why the database did not do what was asked, told apart by what one can do about it.

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another hub has taken over this database: this one must stop writing.
    #[error("another hub took over this database (our epoch {ours} is no longer the newest)")]
    LeaseLost {
        /// The epoch that this hub held.
        ours: i64,
    },
    /// The database refused the data itself: trying again with the same rows cannot help.
    #[error("the database refused the data")]
    Data(#[source] sqlx::Error),
    /// The database could not be reached or did not answer: the same call may succeed later.
    #[error("the database is not available")]
    Unavailable(#[source] sqlx::Error),
    /// The database answers, but not to us: a wrong password, no such database, no right to it.
    #[error("the database refuses the hub; mend database.url or the role's rights")]
    Refused(#[source] sqlx::Error),
    /// The cluster has no TimescaleDB.
    #[error(
        "this PostgreSQL has no TimescaleDB extension; install it (Debian 13: package postgresql-17-timescaledb; \
         Debian 12: deploy/setup.sh builds it) and set shared_preload_libraries = 'timescaledb'"
    )]
    NoTimescale(#[source] sqlx::Error),
    /// The schema of the database is not one that this version knows.
    #[error("the schema cannot be brought up to date; was this database used by a newer version of the hub?")]
    Migrate(#[source] sqlx::migrate::MigrateError),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let class =
            error.as_database_error().and_then(|e| e.code().map(|code| code.chars().take(2).collect::<String>()));
        match class.as_deref() {
            // 22 data exception, 23 integrity constraint, 54 program limit, P0 raised by a function
            Some("22" | "23" | "54" | "P0") => Self::Data(error),
            _ if matches!(error, sqlx::Error::Encode(_)) => Self::Data(error),
            _ => Self::Unavailable(error),
        }
    }
}

impl StoreError {
    /// Sorts a failed first connection: nobody there (try again later), or somebody who says no (a person must act).
    pub(crate) fn at_start(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|e| e.code().map(|code| code.into_owned()));
        match code.as_deref() {
            // 57P03: it is starting; 53: no room; 08: the connection broke
            None => Self::Unavailable(error),
            Some(code) if code == "57P03" || code.starts_with("53") || code.starts_with("08") => {
                Self::Unavailable(error)
            }
            Some(_) => Self::Refused(error),
        }
    }

    pub(crate) fn extension(error: sqlx::Error) -> Self {
        if error.as_database_error().is_some() { Self::NoTimescale(error) } else { Self::Unavailable(error) }
    }

    pub(crate) fn migration(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::Execute(error) if error.as_database_error().is_none() => {
                Self::Unavailable(error)
            }
            other => Self::Migrate(other),
        }
    }

    /// True when the database has no room left on its disk.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        let Self::Unavailable(error) = self else { return false };
        error.as_database_error().and_then(|e| e.code()).is_some_and(|code| code == "53100")
    }

    /// The database took a statement and said nothing for too long.
    #[must_use]
    pub fn silent() -> Self {
        Self::Unavailable(sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "no answer for too long")))
    }

    /// The database's own words, for a person who mends the data.
    #[must_use]
    pub fn database_words(&self) -> String {
        match self {
            Self::Data(error) | Self::Unavailable(error) | Self::Refused(error) | Self::NoTimescale(error) => {
                error.to_string()
            }
            other => other.to_string(),
        }
    }
}
