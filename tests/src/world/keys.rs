//! Keys that the tests enter into the hub's database, as the hub's own routes would, so that no test waits for passwords.

use chengshu_access::{Grant, Right, Rights, Role, Roles, Scope, Token, TokenHash, TokenKind};
use sqlx::{Connection as _, PgConnection};

use super::database::block_on;

/// A new key of a service.
pub fn new() -> String {
    Token::new(TokenKind::Key, rand::random()).expose().to_owned()
}

fn hash(key: &str) -> anyhow::Result<TokenHash> {
    Ok(TokenHash::read(key).ok_or_else(|| anyhow::anyhow!("no key"))?.1)
}

/// Enters a service that may all that services may, everywhere.
pub fn enter(database: &str, key: &str) -> anyhow::Result<()> {
    let rights = Right::ALL.into_iter().filter(|right| right.for_services());
    service(database, key, "test", Rights::for_service(rights)?, &Scope::All)
}

/// Enters a service with these rights.
pub fn service(database: &str, key: &str, name: &str, rights: Rights, scope: &Scope) -> anyhow::Result<()> {
    let hash = hash(key)?;
    let (rights, scope) = (serde_json::to_string(&rights)?, serde_json::to_string(scope)?);
    block_on(async {
        let mut connection = PgConnection::connect(database).await?;
        sqlx::query(
            "INSERT INTO service (hash, name, rights, scope, expires, quota_per_minute, created)
             VALUES ($1, $2, $3::jsonb, $4::jsonb, now() + interval '10 years', 1000000000, now()) ON CONFLICT DO NOTHING",
        )
        .bind(hash.0.as_slice())
        .bind(name)
        .bind(rights)
        .bind(scope)
        .execute(&mut connection)
        .await?;
        Ok(())
    })
}

/// Enters a person with these grants who is signed in; answers the token of the session.
pub fn person(database: &str, login: &str, grants: &[Grant]) -> anyhow::Result<String> {
    let token = Token::new(TokenKind::Session, rand::random());
    let documents = grants.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
    block_on(async {
        let mut connection = PgConnection::connect(database).await?;
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO person (login, name, created) VALUES ($1, $1, now())
             ON CONFLICT (lower(login)) DO UPDATE SET name = excluded.name RETURNING id",
        )
        .bind(login)
        .fetch_one(&mut connection)
        .await?;
        for document in documents {
            sqlx::query("INSERT INTO person_grant (person, document) VALUES ($1, $2::jsonb)")
                .bind(id)
                .bind(document)
                .execute(&mut connection)
                .await?;
        }
        sqlx::query(
            "INSERT INTO session (hash, person, began, used, agent, rights_version, proven)
             SELECT $1, id, now(), now(), 'test', rights_version, true FROM person WHERE id = $2",
        )
        .bind(token.hash().0.as_slice())
        .bind(id)
        .execute(&mut connection)
        .await?;
        Ok(token.expose().to_owned())
    })
}

/// A grant of roles within a scope, for ever.
pub fn grant(roles: &[Role], scope: Scope) -> anyhow::Result<Grant> {
    Ok(Grant { roles: Roles::new(roles.iter().copied())?, scope, from: None, until: None })
}

/// Changes how often a service may ask in a minute; of use before it asks for the first time.
pub fn quota(database: &str, name: &str, per_minute: i32) -> anyhow::Result<()> {
    block_on(async {
        let mut connection = PgConnection::connect(database).await?;
        let query = sqlx::query("UPDATE service SET quota_per_minute = $2 WHERE name = $1");
        query.bind(name).bind(per_minute).execute(&mut connection).await?;
        Ok(())
    })
}
