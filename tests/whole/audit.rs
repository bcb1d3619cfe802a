//! The audit on the running hub: what leaves a line (S24), how it is copied off the host, and what whoever tampers with it
//! runs into (S25). The chain itself is tested in hub/access, its functions in hub/store.

mod copy;
mod cures;
mod guard;
mod routes;

use chengshu_access::{Role, Scope};
use chengshu_tests::world::{Browser, Database, GUARD, Hub, keys, now, until};
use serde_json::Value;

/// A line as the database holds it.
#[derive(Debug, Clone)]
struct Line(Value);

impl Line {
    fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap_or_default()
    }
}

/// Lines after a number, oldest first, read past the hub.
fn lines_after(database: &Database, id: u64) -> Vec<Line> {
    let statement = format!(
        "SELECT json_build_object('id', id, 'at', (extract(epoch FROM at) * 1000)::bigint, 'who', who, 'from', from_ip, 'act', act,
             'object', object, 'outcome', outcome, 'reason', reason, 'detail', detail)::text
         FROM audit_line WHERE id > {id} ORDER BY id"
    );
    let lines = database.lines(statement).unwrap();
    lines.iter().map(|line| Line(serde_json::from_str(line).unwrap())).collect()
}

/// Waits for a line after a number.
fn line_after(database: &Database, id: u64, what: &str, check: impl Fn(&Line) -> bool) -> Line {
    let found = until(what, GUARD, || lines_after(database, id).into_iter().find(|line| check(line)));
    found.unwrap_or_else(|error| panic!("{error}; there are {:#?}", lines_after(database, id)))
}

/// The number of the newest line.
fn newest(database: &Database) -> u64 {
    database.count("SELECT coalesce(max(id), 0) FROM audit_line").unwrap() as u64
}

/// Somebody with a role everywhere, signed in, with a second factor.
fn somebody(hub: &Hub, database: &Database, login: &str, role: Role) -> Browser {
    let grant = keys::grant(&[role], Scope::All).unwrap();
    let token = keys::person(&database.url, login, &[grant]).unwrap();
    let mut browser = Browser::with(&hub.http, &format!("{}={token}", concat!("chengshu", "_session")));
    browser.enrol_factor(now()).unwrap();
    browser
}

/// How they are called in the audit.
fn label(browser: &mut Browser) -> String {
    format!("person:{}", browser.read("/api/v1/me").unwrap()["id"].as_str().unwrap())
}
