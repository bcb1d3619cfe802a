-- Single sign-on (单点登录): how accounts, grants, sessions and tickets came by it, and sign-ins that are under way at a
-- provider. An account is linked by (sso_issuer, sso_subject) of migration 10.

-- sso_name: what the account is called there, for people to recognise.
ALTER TABLE person ADD COLUMN sso_name text;

-- source: the provider whose claims gave it, and take it away again; none: people gave it.
ALTER TABLE person_grant ADD COLUMN source text;

-- sso: the provider (its id in the configuration) that the session began with; none: a password. proven: the provider has
-- shown a second factor, or is trusted with it.
ALTER TABLE session ADD COLUMN sso text, ADD COLUMN proven boolean NOT NULL DEFAULT false;
ALTER TABLE login_ticket ADD COLUMN sso text;

-- A sign-in under way at a provider: taken once, by the browser that began it. state, browser: SHA-256 of what the address
-- and the cookie carry. sealed: nonce and PKCE verifier, encrypted by the hub. person: who wants their account linked;
-- none: whoever comes back signs in.
CREATE TABLE sso_attempt (
    state    bytea PRIMARY KEY CHECK (octet_length(state) = 32),
    browser  bytea       NOT NULL CHECK (octet_length(browser) = 32),
    provider text        NOT NULL,
    person   bigint REFERENCES person (id) ON DELETE CASCADE,
    sealed   bytea       NOT NULL,
    until    timestamptz NOT NULL
);
CREATE INDEX sso_attempt_by_time ON sso_attempt (until);
