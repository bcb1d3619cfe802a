//! What a backup asks of a database: how many rows each table has, whose it is, and whether its WAL reaches the archive.
//! Asked over a connection of its own that applies no migration: a restored database must be seen as it is.

use chengshu_core::model::Timestamp;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};

use crate::pg::PgTime;
use crate::{Store, StoreError};

/// What a backup must know of the server before it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Major version, e.g. 15.
    pub major: i32,
    /// The role that asks.
    pub role: String,
    /// It may make base backups.
    pub replication: bool,
    /// Tablespaces besides the two that every cluster has.
    pub tablespaces: i64,
    /// What all databases of the cluster take, bytes.
    pub bytes: i64,
}

/// How archiving goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archiver {
    /// The newest segment that reached the archive, and when.
    pub archived: Option<(String, Timestamp)>,
    /// The segment that did not, if that was the last thing that happened.
    pub failing: Option<String>,
}

async fn connect(url: &str) -> Result<PgConnection, StoreError> {
    let options: PgConnectOptions = url.parse()?;
    Ok(PgConnection::connect_with(&options.application_name("chengshu-backup")).await?)
}

/// What the server is, and what the role of `url` may do.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub async fn server(url: &str) -> Result<Server, StoreError> {
    let mut connection = connect(url).await?;
    let row = sqlx::query_as!(
        Server,
        r#"SELECT current_setting('server_version_num')::int / 10000 AS "major!", current_user::text AS "role!",
                  (SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user) AS "replication!",
                  (SELECT count(*) FROM pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global')) AS "tablespaces!",
                  (SELECT sum(pg_database_size(oid))::bigint FROM pg_database
                   WHERE has_database_privilege(oid, 'CONNECT')) AS "bytes!""#
    )
    .fetch_one(&mut connection)
    .await?;
    connection.close().await?;
    Ok(row)
}

/// How many rows each table of the hub has, all at the same moment.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub async fn census(url: &str) -> Result<Vec<(String, i64)>, StoreError> {
    let mut connection = connect(url).await?;
    let mut tx = connection.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    // query_to_xml is the way to count a table whose name is not known before
    let rows = sqlx::query!(
        r#"SELECT relname::text AS "name!",
                  (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM public.%I', relname),
                                                       false, true, '')))[1]::text::bigint AS "rows!"
           FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
             AND has_table_privilege(oid, 'SELECT') -- the audit may be another role's
           ORDER BY 1"#
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    connection.close().await?;
    Ok(rows.into_iter().map(|row| (row.name, row.rows)).collect())
}

impl Store {
    /// Whether WAL reaches the archive.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn archiver(&self) -> Result<Archiver, StoreError> {
        let row = sqlx::query!(
            r#"SELECT last_archived_wal, last_archived_time AS "last_archived_time: PgTime", last_failed_wal,
                      coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) AS "failing!"
               FROM pg_stat_archiver"#
        )
        .fetch_one(&self.readers())
        .await?;
        Ok(Archiver {
            archived: row.last_archived_wal.zip(row.last_archived_time.map(|time| time.0)),
            failing: row.last_failed_wal.filter(|_| row.failing),
        })
    }
}
