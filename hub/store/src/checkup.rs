//! What a check-up asks of a database: which programs it runs, whose it is, and how fast it grows. Asked over a connection of
//! its own that applies no migration: the patient must be seen as it is.

use chengshu_core::model::Timestamp;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};

use crate::StoreError;
use crate::pg::PgTime;

/// A database as it was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkup {
    /// PostgreSQL's version in words, e.g. `15.14`.
    pub postgres: String,
    /// TimescaleDB: the version in this database, and the one that the server could give it.
    pub timescale: (Option<String>, Option<String>),
    /// The newest migration that was applied, and the newest that this program knows.
    pub migration: (Option<i64>, i64),
    /// Connections now, and the most that may be.
    pub connections: (i64, i64),
    /// What the database takes, bytes.
    pub bytes: i64,
    /// The server's clock.
    pub now: Timestamp,
    /// Size of the readings of each whole day of the last eight, bytes.
    pub days: Vec<i64>,
}

/// Asks the database behind `url`; changes nothing.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub async fn checkup(url: &str) -> Result<Checkup, StoreError> {
    let options: PgConnectOptions = url.parse()?;
    let mut connection = PgConnection::connect_with(&options.application_name("chengshu-doctor")).await?;
    // a table that is not there yet must not fail the question: its name is looked at only where it stands
    let row = sqlx::query!(
        r#"SELECT current_setting('server_version') AS "postgres!",
                  (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb') AS installed,
                  (SELECT default_version FROM pg_available_extensions WHERE name = 'timescaledb') AS available,
                  CASE WHEN to_regclass('public._sqlx_migrations') IS NULL THEN NULL ELSE
                      (xpath('/row/n/text()', query_to_xml('SELECT max(version) AS n FROM public._sqlx_migrations WHERE success',
                                                           false, true, '')))[1]::text::bigint END AS migration,
                  (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS "connections!",
                  current_setting('max_connections')::bigint AS "most!",
                  pg_database_size(current_database()) AS "bytes!", now() AS "now!: PgTime""#
    )
    .fetch_one(&mut connection)
    .await?;
    let days = match row.migration {
        Some(_) => days(&mut connection).await?,
        None => Vec::new(),
    };
    connection.close().await?;
    let known = sqlx::migrate!().iter().map(|migration| migration.version).max().unwrap_or_default();
    Ok(Checkup {
        postgres: row.postgres,
        timescale: (row.installed, row.available),
        migration: (row.migration, known),
        connections: (row.connections, row.most),
        bytes: row.bytes,
        now: row.now.0,
        days,
    })
}

async fn days(connection: &mut PgConnection) -> Result<Vec<i64>, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT pg_total_relation_size(format('%I.%I', chunk_schema, chunk_name)::regclass) AS "bytes!"
           FROM timescaledb_information.chunks
           WHERE hypertable_name = 'reading' AND range_end <= now() AND range_end > now() - INTERVAL '8 days'
           ORDER BY range_end"#
    )
    .fetch_all(connection)
    .await?)
}
