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
    /// The cluster has no TimescaleDB.
    #[error(
        "this PostgreSQL has no TimescaleDB extension; install it (Debian 13: package postgresql-17-timescaledb; \
         Debian 12: deploy/setup.sh builds it) and set shared_preload_libraries = 'timescaledb'"
    )]
    NoTimescale(#[source] sqlx::Error),
    /// The schema of the database is not one that this version knows.
    #[error("the schema cannot be brought up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
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
    /// The database took a statement and said nothing for too long.
    #[must_use]
    pub fn silent() -> Self {
        Self::Unavailable(sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "no answer for too long")))
    }

    /// The database's own words, for a person who mends the data.
    #[must_use]
    pub fn database_words(&self) -> String {
        match self {
            Self::Data(error) | Self::Unavailable(error) | Self::NoTimescale(error) => error.to_string(),
            other => other.to_string(),
        }
    }
}
