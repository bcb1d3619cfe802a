//! The way to the database: pools, the extension, the migrations. Opening needs no database; preparing does, and
//! refuses a cluster without TimescaleDB in words.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::StoreError;
use crate::audit_copy::Bell;

/// How the store is opened.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// `postgres://…`
    pub url: String,
    /// The same as the owner of the tables, who alone can change their form; none when `url` is that.
    pub owner: Option<String>,
    /// Connections for outside readers.
    pub readers: u32,
    /// A reader's statement may take this long.
    pub reader_timeout: Duration,
}

/// The database, as the rest of the house sees it.
#[derive(Debug, Clone)]
pub struct Store {
    pools: Arc<RwLock<Pools>>,
    connect: PgConnectOptions,
    owner: PgConnectOptions,
    options: StoreOptions,
    pub(crate) audited: Bell,
}

#[derive(Debug, Clone)]
struct Pools {
    writers: PgPool,
    readers: PgPool,
}

impl Pools {
    fn new(connect: &PgConnectOptions, options: &StoreOptions) -> Self {
        // The engine waits for its commits by its own clock; a reader is cut off by the server.
        let writers = PgPoolOptions::new()
            .max_connections(8)
            .acquire_timeout(Duration::from_secs(5))
            .connect_lazy_with(connect.clone().options([("timezone", "UTC")]));
        let timeout = format!("{}ms", options.reader_timeout.as_millis());
        // A plan that fits every span reads whole days for the newest reading, so each question gets its own; and it is
        // answered before a compiler would be done.
        let settings = [
            ("timezone", "UTC"),
            ("statement_timeout", timeout.as_str()),
            ("plan_cache_mode", "force_custom_plan"),
            ("jit", "off"),
        ];
        let readers = PgPoolOptions::new()
            .max_connections(options.readers)
            .acquire_timeout(Duration::from_secs(5))
            .connect_lazy_with(connect.clone().options(settings));
        Self { writers, readers }
    }
}

impl Store {
    /// A way to the database; nobody is called yet.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the address is no address.
    pub fn new(options: &StoreOptions) -> Result<Self, StoreError> {
        let connect: PgConnectOptions = options.url.parse()?;
        let connect = connect.application_name("chengshu");
        let owner = options.owner.as_ref().map_or_else(|| Ok(connect.clone()), |url| url.parse())?;
        let owner = owner.application_name("chengshu");
        let pools = Pools::new(&connect, options);
        Ok(Self {
            pools: Arc::new(RwLock::new(pools)),
            connect,
            owner,
            options: options.clone(),
            audited: Bell::default(),
        })
    }

    /// Connects, checks the extension and applies the migrations.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nobody answers, [`StoreError::Refused`] when the answer is no,
    /// [`StoreError::NoTimescale`], [`StoreError::Migrate`].
    pub async fn prepare(&self) -> Result<(), StoreError> {
        // The migrator's future cannot travel between threads (its borrows are not general enough): it stays on one.
        let (connect, runtime) = (self.owner.clone(), tokio::runtime::Handle::current());
        let migration = tokio::task::spawn_blocking(move || runtime.block_on(migrate(&connect)));
        migration.await.unwrap_or_else(|_| Err(StoreError::silent()))
    }

    /// New pools, after the database has kept silent: a connection that never answers would keep its place in the old
    /// ones for ever (sqlx #4349). What is under way on those may still end.
    pub fn renew(&self) {
        let fresh = Pools::new(&self.connect, &self.options);
        *self.pools.write().unwrap_or_else(PoisonError::into_inner) = fresh;
    }

    /// The engine's own connections.
    pub(crate) fn writers(&self) -> PgPool {
        self.pools.read().unwrap_or_else(PoisonError::into_inner).writers.clone()
    }

    /// Connections of outside readers.
    pub(crate) fn readers(&self) -> PgPool {
        self.pools.read().unwrap_or_else(PoisonError::into_inner).readers.clone()
    }

    /// Answers when the database answers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query!("SELECT 1 AS one").fetch_one(&self.writers()).await?;
        Ok(())
    }

    /// Closes all connections; what is under way is finished first.
    pub async fn close(&self) {
        self.readers().close().await;
        self.writers().close().await;
    }
}

async fn migrate(connect: &PgConnectOptions) -> Result<(), StoreError> {
    let mut first = PgConnection::connect_with(connect).await.map_err(StoreError::at_start)?;
    first.execute("CREATE EXTENSION IF NOT EXISTS timescaledb").await.map_err(StoreError::extension)?;
    sqlx::migrate!().run(&mut first).await.map_err(StoreError::migration)?;
    first.close().await?;
    Ok(())
}
