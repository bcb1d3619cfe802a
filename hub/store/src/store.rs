//! Opening the database: pools, the extension, the migrations. Refuses a cluster without TimescaleDB in words.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Connection as _, Executor as _};

use crate::StoreError;

/// How the store is opened.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// `postgres://…`
    pub url: String,
    /// Connections for outside readers.
    pub readers: u32,
    /// A reader's statement may take this long.
    pub reader_timeout: Duration,
}

/// The database, as the rest of the house sees it.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) writers: PgPool,
    pub(crate) readers: PgPool,
}

impl Store {
    /// Connects, checks the extension and applies the migrations.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nobody answers, [`StoreError::NoTimescale`], [`StoreError::Migrate`].
    pub async fn open(options: &StoreOptions) -> Result<Self, StoreError> {
        let connect: PgConnectOptions = options.url.parse()?;
        let connect = connect.application_name("chengshu");
        let mut first = sqlx::PgConnection::connect_with(&connect).await?;
        first.execute("CREATE EXTENSION IF NOT EXISTS timescaledb").await.map_err(StoreError::NoTimescale)?;
        sqlx::migrate!().run(&mut first).await?;
        first.close().await?;

        // The engine waits for its commits by its own clock; a reader is cut off by the server.
        let writers = PgPoolOptions::new()
            .max_connections(4)
            .acquire_timeout(Duration::from_secs(5))
            .connect_with(connect.clone().options([("timezone", "UTC")]))
            .await?;
        let timeout = format!("{}ms", options.reader_timeout.as_millis());
        let readers = PgPoolOptions::new()
            .max_connections(options.readers)
            .acquire_timeout(Duration::from_secs(5))
            .connect_lazy_with(connect.options([("timezone", "UTC"), ("statement_timeout", timeout.as_str())]));
        Ok(Self { writers, readers })
    }

    /// Answers when the database answers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query!("SELECT 1 AS one").fetch_one(&self.writers).await?;
        Ok(())
    }

    /// Closes all connections; what is under way is finished first.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
    }
}
