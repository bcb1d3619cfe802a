//! The page of who may do what, `deploy/ACCESS.md`: printed from the table of rights and the table of routes, so that it
//! cannot say anything else than they do.

use std::fmt::Write as _;

use chengshu_access::{Access, Right, Rights, Role, Roles, allows, matrix};

use crate::openapi::how_far;
use crate::route::RouteInfo;
use crate::routes::table;

const INTRO: &str = "\
# 谁可以做什么 · Who may do what

This page is printed from the code (`UPDATE=1 cargo test --workspace --lib page`); a test compares the two, and another one
asks every route with every role.

- A request without a valid key gets 401. Without the right of the route it gets 403 (`forbidden`), and the answer names the
  right.
- A right is held within a **scope** (范围): some themes, and of them some departments, areas and camera groups; a person may
  hold it in several such extents. What lies outside of the scope is not there: 404 by id, absent in lists, files, the live
  stream, SensorThings and counts. A device without a department is within the scope only of whoever has all departments.
- A key figure is told to whoever sees the whole of its theme: it is computed over all of it.
- Receivers (webhooks, mailboxes, brokers, robots) are told of everything, so they are managed by whoever has the right without any limit.
- Within an answer: raw bytes of what was set aside need `see_raw`; links and the words of faults of the database and the
  spool (status, live stream, `unseen`) need `see_operation`. Whoever lacks it gets the rest of the answer.
- Entering a device needs `edit_register` for what it is and for what it becomes; sending in the name of a device needs
  `ingest` for that device, and one unknown device is judged by its theme.
- `/metrics` is open to the hub's own machine (loopback, no forwarding header).
- A live stream asks again every five seconds whether its caller still may.

x = yes, · = no.
";

const OTHERS: [(&str, Rights); 3] = [
    ("大屏 · wall screen", Rights::SCREEN),
    ("设备 · device", Rights::DEVICE),
    ("本机工具 · the hub's own tools", Rights::LOCAL),
];

/// The page.
#[must_use]
pub fn page() -> String {
    let mut page = INTRO.to_owned();
    people(&mut page);
    others(&mut page);
    routes(&mut page);
    page
}

fn mark(yes: bool) -> &'static str {
    if yes { "x" } else { "·" }
}

fn heading(page: &mut String, first: &[&str]) {
    let roles = Role::ALL.map(Role::zh);
    let columns: Vec<&str> = first.iter().copied().chain(roles).collect();
    let _ = writeln!(page, "| {} |\n|{}", columns.join(" | "), "---|".repeat(columns.len()));
}

fn people(page: &mut String) {
    page.push_str("\n## 角色与权限 · Roles and rights\n\n");
    let names: Vec<String> = Role::ALL.iter().map(|role| format!("{} = {} (`{role}`)", role.zh(), role.en())).collect();
    let _ = writeln!(page, "{}.\n", names.join(", "));
    heading(page, &["right", "说明 · what"]);
    for right in Right::ALL {
        let row: Vec<&str> = matrix().filter(|(one, ..)| *one == right).map(|(_, _, yes)| mark(yes)).collect();
        let _ = writeln!(page, "| `{right}` | {} · {} | {} |", right.zh(), right.en(), row.join(" | "));
    }
}

fn others(page: &mut String) {
    page.push_str("\n## 其他身份 · Who is no person\n\n| who | rights |\n|---|---|\n");
    let words = |rights: Rights| rights.iter().map(|right| format!("`{right}`")).collect::<Vec<_>>().join(", ");
    for (name, rights) in OTHERS {
        let _ = writeln!(page, "| {name} | {} |", words(rights));
    }
    let services: Rights = Right::ALL.into_iter().filter(|right| right.for_services()).collect();
    let _ = writeln!(page, "| 服务 · service | those it was given, of {} |", words(services));
}

fn routes(page: &mut String) {
    page.push_str("\n## 接口 · Routes\n\n");
    heading(page, &["route", "right", "reach"]);
    for route in table() {
        let may = |role: Role| match route.access {
            Access::Open => true,
            _ => Roles::new([role]).is_ok_and(|roles| route.access.rights().iter().any(|right| allows(roles, *right))),
        };
        let row = Role::ALL.map(|role| mark(may(role)));
        let RouteInfo { method, path, .. } = route;
        let _ = writeln!(page, "| `{method} {path}` | {} | {} | {} |", asked(&route), reach(&route), row.join(" | "));
    }
}

fn asked(route: &RouteInfo) -> String {
    let rights: Vec<String> = route.access.rights().iter().map(|right| format!("`{right}`")).collect();
    let near = if route.near { ", open to the hub's own machine" } else { "" };
    if rights.is_empty() { "open".to_owned() } else { format!("{}{near}", rights.join(" or ")) }
}

fn reach(route: &RouteInfo) -> &'static str {
    if route.access == Access::Open { "no data of the city" } else { how_far(route.object) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_page_is_up_to_date() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/ACCESS.md");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, page()).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        let words = "deploy/ACCESS.md is old; write it anew with: UPDATE=1 cargo test --workspace --lib page";
        assert!(committed == page(), "{words}");
    }
}
