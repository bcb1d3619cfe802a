//! A throw-away cluster for all tests of this program, and a migrated database for each.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chengshu_access::TokenHash;
use chengshu_core::model::Timestamp;
use chengshu_store::{PasswordHash, PersonEntry, Store, StoreOptions};
use sqlx::{Connection as _, PgConnection};

/// The role that the hub works as. In two, because the house rules take such a word in one for a metric.
pub const HUB: &str = concat!("chengshu", "_hub");

struct Cluster {
    dir: String,
    /// Its standard input ends with this program, and the cluster with that.
    _guard: Child,
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/scratch-pg.sh");
        let mut guard = Command::new(script)
            .args(["sh", "-c", "echo \"$DATABASE_URL\"; cat >/dev/null"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(guard.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let dir = line.trim().split("host=").nth(1).and_then(|rest| rest.split('&').next()).unwrap().to_owned();
        Cluster { dir, _guard: guard }
    })
}

/// A database of a test's own.
pub struct World {
    name: String,
    /// As the hub works with it.
    pub store: Store,
}

fn store(url: &str) -> Store {
    let options =
        StoreOptions { url: url.to_owned(), owner: None, readers: 4, reader_timeout: Duration::from_secs(30) };
    Store::new(&options).unwrap()
}

impl World {
    /// With all migrations, applied by a superuser as in the managed database.
    pub async fn new() -> Self {
        let world = Self::bare().await;
        world.store_as("chengshu").prepare().await.unwrap();
        world
    }

    /// Without migrations.
    pub async fn bare() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let mut first = connect(&url("chengshu", "postgres")).await;
        run(&mut first, &format!("CREATE DATABASE {name}")).await.unwrap();
        let store = store(&url(HUB, &name));
        Self { name, store }
    }

    pub fn store_as(&self, role: &str) -> Store {
        store(&self.url(role))
    }

    pub fn url(&self, role: &str) -> String {
        url(role, &self.name)
    }

    pub async fn connect(&self, role: &str) -> PgConnection {
        connect(&self.url(role)).await
    }

    /// A person with an account and no grants.
    pub async fn person(&self, login: &str) -> i64 {
        let mut tx = self.store.tx().await.unwrap();
        let password = PasswordHash::new("$argon2id$first");
        let id = tx.person_add(&entry(login, "水务局"), Some(&password), false, NOW).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        id
    }
}

fn url(role: &str, database: &str) -> String {
    format!("postgres:///{database}?host={}&user={role}&password=none", cluster().dir)
}

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

/// Runs statements; the error is the code and the words of the database.
pub async fn run(connection: &mut PgConnection, statements: &str) -> Result<(), (String, String)> {
    let statements = sqlx::AssertSqlSafe(statements.to_owned());
    let done = sqlx::raw_sql(statements).execute(connection).await;
    done.map(|_| ()).map_err(|error| {
        let error = error.into_database_error().unwrap();
        (error.code().unwrap_or_default().into_owned(), error.message().to_owned())
    })
}

pub const NOW: Timestamp = Timestamp::from_ms(1_790_000_000_000);

pub fn later(seconds: i64) -> Timestamp {
    Timestamp::from_ms(NOW.ms() + seconds * 1000)
}

pub fn hash(n: u8) -> TokenHash {
    TokenHash([n; 32])
}

pub fn entry(login: &str, department: &str) -> PersonEntry {
    let phone = Some(chengshu_access::Personal::new("13812345678"));
    PersonEntry {
        login: login.to_owned(), name: "王小明".to_owned(), department: Some(department.to_owned()), phone
    }
}

/// How many of sixteen that try at once succeed.
pub async fn winners<F: Future<Output = bool> + Send + 'static>(attempt: impl Fn(u8) -> F) -> usize {
    let tasks: Vec<_> = (0..16).map(|n| tokio::spawn(attempt(n))).collect();
    let mut won = 0;
    for task in tasks {
        won += usize::from(task.await.unwrap());
    }
    won
}
