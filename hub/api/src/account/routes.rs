//! The part of the table of routes that is about accounts: the way in, one's own account, people, keys, walls, rights, the
//! audit.

use chengshu_access::{Access, Act, Right};

use super::{audit, grants, matrix, me, people, policy, screens, services, signin, sso, standing};
use crate::route::{Media, Object, Route, act, delete, get, post, put};

/// Whoever grants; before there is a security administrator, the system administrator makes the first.
const GRANTS: Access = Access::NeedsOneOf(&[Right::Grant, Right::ManageAccounts]);

/// The way in is refused.
const WRONG: (&str, &str) = ("401", "name, password or code is not right");
/// After too many wrong tries; also where a password is asked for once more.
const LOCKED: (&str, &str) = ("423", "the account is locked for as long as `Retry-After` says");

/// The routes.
pub(crate) fn routes() -> Vec<Route> {
    use Access::{Known, Needs, Open};
    use Right::*;
    vec![
        get("/api/v1/login", signin::offer, Open, Object::Own, "What a page for signing in can offer")
            .answers::<signin::LoginOffer>(),
        post::<signin::LoginBody, _, _>("/api/v1/login", signin::login, Open, Object::Own, "Sign in with a password")
            .answers::<signin::LoginAnswer>()
            .also(WRONG)
            .also(LOCKED),
        post::<signin::TotpBody, _, _>(
            "/api/v1/login/totp",
            signin::totp,
            Open,
            Object::Own,
            "The second factor of a sign-in",
        )
        .answers::<signin::LoginAnswer>()
        .also(WRONG)
        .also(LOCKED),
        get("/api/v1/login/sso/{id}", sso::begin, Open, Object::Own, "Go to a provider of single sign-on")
            .media(Media::Redirect),
        get(
            "/api/v1/login/sso/{id}/return",
            sso::back,
            Open,
            Object::Own,
            "Come back from a provider of single sign-on",
        )
        .params::<sso::ReturnParams>()
        .media(Media::Redirect),
        post::<signin::SetupBody, _, _>(
            "/api/v1/setup",
            signin::setup,
            Open,
            Object::Own,
            "Make the first administrator, once",
        )
        .answers::<signin::LoginAnswer>()
        .also(WRONG)
        .also(("410", "the link was used, or the hub has printed a newer one")),
        act("/api/v1/logout", signin::logout, Known, Object::Own, "End the own session")
            .media(Media::Nothing)
            .tells(Act::Logout),
        get("/api/v1/me", me::get, Known, Object::Own, "Who asks, and what they may").answers::<me::MeView>(),
        post::<me::PasswordBody, _, _>(
            "/api/v1/me/password",
            me::password,
            Needs(Own),
            Object::Own,
            "Change the own password",
        )
        .media(Media::Nothing)
        .also(LOCKED),
        post::<me::Empty, _, _>(
            "/api/v1/me/totp",
            me::totp,
            Needs(Own),
            Object::Own,
            "A secret for the own second factor",
        )
        .answers::<me::TotpOffer>(),
        post::<me::CodeBody, _, _>(
            "/api/v1/me/totp/confirm",
            me::totp_confirm,
            Needs(Own),
            Object::Own,
            "The first code of the own second factor",
        )
        .media(Media::Nothing)
        .also(LOCKED)
        .tells(Act::SecondFactor),
        delete("/api/v1/me/totp", me::totp_remove, Needs(Own), Object::Own, "Take the own second factor away")
            .takes::<me::ConfirmBody>()
            .also(LOCKED)
            .tells(Act::SecondFactor),
        post::<me::ConfirmBody, _, _>(
            "/api/v1/me/sso/{id}",
            sso::link_own,
            Needs(Own),
            Object::Own,
            "Link the own account with a provider of single sign-on",
        )
        .answers::<sso::LinkBegun>()
        .also(LOCKED)
        .tells(Act::AccountLink),
        delete("/api/v1/me/sso", sso::unlink_own, Needs(Own), Object::Own, "Unlink the own account")
            .takes::<me::ConfirmBody>()
            .also(LOCKED)
            .tells(Act::AccountLink),
        get("/api/v1/me/sessions", me::sessions, Needs(Own), Object::Own, "The own sessions")
            .answers::<me::SessionList>(),
        delete("/api/v1/me/sessions/{id}", me::session_end, Needs(Own), Object::Own, "End one of the own sessions")
            .tells(Act::SessionEnd),
        get("/api/v1/people", people::list, Needs(SeeAccounts), Object::Account, "People with accounts")
            .params::<people::PeopleParams>()
            .answers::<people::PeoplePage>(),
        post::<people::PersonBody, _, _>(
            "/api/v1/people",
            people::create,
            Needs(ManageAccounts),
            Object::Account,
            "Make an account without rights; its password is shown once",
        )
        .answers::<people::PersonMade>()
        .tells(Act::AccountCreate),
        get("/api/v1/people/{id}", people::get, Needs(SeeAccounts), Object::Account, "A person")
            .answers::<people::PersonView>(),
        put::<people::PersonBody, _, _>(
            "/api/v1/people/{id}",
            people::put,
            Needs(ManageAccounts),
            Object::Account,
            "Change what is said of a person",
        )
        .answers::<people::PersonView>()
        .matched()
        .tells(Act::AccountChange),
        act(
            "/api/v1/people/{id}/disable",
            people::disable,
            Needs(ManageAccounts),
            Object::Account,
            "Disable an account",
        )
        .answers::<people::PersonView>()
        .tells(Act::AccountDisable),
        act("/api/v1/people/{id}/enable", people::enable, Needs(ManageAccounts), Object::Account, "Enable an account")
            .answers::<people::PersonView>()
            .tells(Act::AccountDisable),
        act(
            "/api/v1/people/{id}/reset",
            people::reset,
            Needs(ManageAccounts),
            Object::Account,
            "A new one-time password, shown once",
        )
        .answers::<people::PasswordMade>()
        .tells(Act::PasswordReset),
        act("/api/v1/people/{id}/unlock", people::unlock, Needs(Grant), Object::Account, "Unlock an account")
            .answers::<people::PersonView>()
            .tells(Act::AccountUnlock),
        act(
            "/api/v1/people/{id}/totp/reset",
            people::totp_reset,
            Needs(Grant),
            Object::Account,
            "Take somebody's second factor away",
        )
        .answers::<people::PersonView>()
        .tells(Act::SecondFactor),
        put::<sso::LinkBody, _, _>(
            "/api/v1/people/{id}/sso",
            sso::link,
            Needs(ManageAccounts),
            Object::Account,
            "Link somebody's account with who they are at a provider of single sign-on",
        )
        .answers::<people::PersonView>()
        .tells(Act::AccountLink),
        delete(
            "/api/v1/people/{id}/sso",
            sso::unlink,
            Needs(ManageAccounts),
            Object::Account,
            "Unlink somebody's account; their sessions end",
        )
        .tells(Act::AccountLink),
        put::<grants::GrantsBody, _, _>(
            "/api/v1/people/{id}/grants",
            grants::put,
            GRANTS,
            Object::Account,
            "Replace what somebody is granted",
        )
        .answers::<people::PersonView>()
        .tells(Act::GrantChange),
        get(
            "/api/v1/people/{id}/sessions",
            people::sessions,
            Needs(SeeAccounts),
            Object::Account,
            "Somebody's sessions",
        )
        .answers::<me::SessionList>(),
        delete(
            "/api/v1/people/{id}/sessions/{session}",
            people::session_end,
            Needs(ManageAccounts),
            Object::Account,
            "End somebody's session",
        )
        .tells(Act::SessionEnd),
        get("/api/v1/services", services::list, Needs(SeeAccounts), Object::Account, "Keys of services")
            .params::<services::ServiceParams>()
            .answers::<services::ServicePage>(),
        post::<services::ServiceBody, _, _>(
            "/api/v1/services",
            services::create,
            Needs(ManageKeys),
            Object::Account,
            "Make a service without rights; its key is shown once",
        )
        .answers::<services::ServiceMade>()
        .tells(Act::KeyCreate),
        put::<services::ServiceRightsBody, _, _>(
            "/api/v1/services/{id}/rights",
            services::put,
            Needs(Grant),
            Object::Account,
            "What a service may, and for how long",
        )
        .answers::<services::ServiceView>()
        .tells(Act::GrantChange),
        post::<me::Empty, _, _>(
            "/api/v1/services/{id}/rotate",
            services::rotate,
            Needs(ManageKeys),
            Object::Account,
            "A new key, shown once; the old one ends",
        )
        .answers::<services::KeyMade>()
        .tells(Act::KeyCreate),
        post::<me::Empty, _, _>(
            "/api/v1/services/{id}/signing",
            services::sign,
            Needs(ManageKeys),
            Object::Account,
            "Take what a service sends with a signature only; its new secret is shown once",
        )
        .answers::<services::SigningMade>()
        .tells(Act::KeyCreate),
        delete(
            "/api/v1/services/{id}/signing",
            services::unsign,
            Needs(ManageKeys),
            Object::Account,
            "Take what a service sends without a signature again",
        )
        .tells(Act::KeyRevoke),
        delete("/api/v1/services/{id}", services::revoke, Needs(ManageKeys), Object::Account, "Revoke a service's key")
            .tells(Act::KeyRevoke),
        post::<me::Empty, _, _>(
            "/api/v1/screens/enrol",
            screens::enrol,
            Open,
            Object::Own,
            "A code for a wall that wants to be enrolled",
        )
        .answers::<screens::EnrolView>(),
        post::<screens::ClaimBody, _, _>(
            "/api/v1/screens/enrol/claim",
            screens::claim,
            Open,
            Object::Own,
            "A wall asks whether it is enrolled",
        )
        .answers::<screens::ClaimView>()
        .also(("202", "not yet; ask again"))
        .also(("410", "nobody typed the code in time, or the wall has its credential already")),
        get("/api/v1/screens", screens::list, Needs(SeeAccounts), Object::Account, "Walls")
            .params::<screens::ScreenParams>()
            .answers::<screens::ScreenPage>(),
        post::<screens::ScreenEnrol, _, _>(
            "/api/v1/screens",
            screens::create,
            Needs(ManageAccounts),
            Object::Account,
            "Enrol the wall that shows a code",
        )
        .answers::<screens::ScreenView>()
        .tells(Act::ScreenEnrol),
        put::<screens::ScreenBody, _, _>(
            "/api/v1/screens/{id}",
            screens::put,
            Needs(ManageAccounts),
            Object::Account,
            "Change what a wall shows and sees",
        )
        .answers::<screens::ScreenView>()
        .tells(Act::ScreenEnrol),
        delete(
            "/api/v1/screens/{id}",
            screens::revoke,
            Needs(ManageAccounts),
            Object::Account,
            "Revoke a wall's credential",
        )
        .tells(Act::ScreenRevoke),
        get("/api/v1/access/matrix", matrix::get, Known, Object::Own, "Who may do what: roles, rights, routes")
            .answers::<matrix::MatrixView>(),
        get(
            "/api/v1/access/policy",
            policy::get,
            Needs(Grant),
            Object::Account,
            "The policy of passwords, locks and sessions",
        )
        .answers::<policy::PolicyView>(),
        put::<policy::PolicyView, _, _>(
            "/api/v1/access/policy",
            policy::put,
            Needs(Grant),
            Object::Account,
            "Change the policy",
        )
        .answers::<policy::PolicyView>()
        .tells(Act::PolicyChange),
        get("/api/v1/audit", audit::list, Needs(ReadAudit), Object::Audit, "The audit, newest first")
            .params::<audit::AuditParams>()
            .answers::<audit::AuditPage>()
            .audited(Act::AuditRead),
        post::<me::Empty, _, _>(
            "/api/v1/audit/verify",
            standing::verify,
            Needs(ReadAudit),
            Object::Audit,
            "Whether the chain of the audit holds",
        )
        .answers::<standing::VerifyView>()
        .audited(Act::AuditRead),
        get(
            "/api/v1/audit/standing",
            standing::standing,
            Needs(ReadAudit),
            Object::Audit,
            "How the audit is kept: chain, protection, copies off the host",
        )
        .answers::<standing::StandingView>(),
        get("/api/v1/export/audit", audit::export, Needs(ReadAudit), Object::Audit, "The audit as a file")
            .params::<audit::AuditExportParams>()
            .media(Media::Readings)
            .audited(Act::Export),
    ]
}
