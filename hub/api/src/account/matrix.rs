//! Who may do what, as the code has it: roles, rights, and what each route asks.

use axum::Json;
use chengshu_access::{Access, Right, Role, matrix};
use schemars::JsonSchema;
use serde::Serialize;

use super::Words;
use crate::latest::NoParams;
use crate::params::Params;
use crate::routes::table;

/// Roles, rights and routes.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct MatrixView {
    roles: Vec<RoleView>,
    rights: Vec<RightView>,
    routes: Vec<RouteView>,
}

/// What somebody is.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RoleView {
    id: &'static str,
    name: Words,
}

/// What a route asks.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RightView {
    id: &'static str,
    name: Words,
    detail: &'static str,
    /// Who has it.
    roles: Vec<&'static str>,
}

/// A route.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RouteView {
    method: &'static str,
    path: &'static str,
    /// The first of the rights of which one is needed; null: open, or to all who are known.
    right: Option<&'static str>,
}

pub(crate) async fn get(Params(NoParams {}): Params<NoParams>) -> Json<MatrixView> {
    let roles = Role::ALL.map(|role| RoleView { id: role.id(), name: Words { zh: role.zh(), en: role.en() } });
    let rights = Right::ALL.map(|right| RightView {
        id: right.id(),
        name: Words { zh: right.zh(), en: right.id() },
        detail: right.en(),
        roles: matrix().filter(|(of, _, has)| *of == right && *has).map(|(_, role, _)| role.id()).collect(),
    });
    let routes = table().into_iter().map(|route| RouteView {
        method: route.method,
        path: route.path,
        right: match route.access {
            Access::Open | Access::Known => None,
            access => access.rights().first().map(|right| right.id()),
        },
    });
    Json(MatrixView { roles: roles.into(), rights: rights.into(), routes: routes.collect() })
}
