-- Identities (身份): people, what they were granted, their sessions, services, screens. Secrets stand here as hashes or as
-- somebody else's cipher text; nothing here opens a door by itself.

-- login: the name of the account. password: argon2id, PHC text; none = single sign-on alone. password_history: newest
-- first, without the present one. totp: the secret, encrypted by the hub with a key that is not in the database;
-- totp_pending: one that its owner has not proved yet. rights_version: counts changes of what the person may.
CREATE TABLE person (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login            text        NOT NULL CHECK (login <> ''),
    name             text        NOT NULL,
    department       text,
    phone            text,
    password         text,
    password_history text[]      NOT NULL DEFAULT '{}',
    password_set     timestamptz,
    must_change      boolean     NOT NULL DEFAULT false,
    totp             bytea,
    totp_pending     bytea,
    totp_step        bigint,
    sso_issuer       text,
    sso_subject      text,
    disabled         boolean     NOT NULL DEFAULT false,
    rights_version   bigint      NOT NULL DEFAULT 1,
    version          bigint      NOT NULL DEFAULT 1,
    created          timestamptz NOT NULL,
    last_login       timestamptz,
    CHECK ((sso_issuer IS NULL) = (sso_subject IS NULL)),
    UNIQUE (sso_issuer, sso_subject)
);
CREATE UNIQUE INDEX person_login ON person (lower(login));

-- What a person was granted (授权): one Grant of hub/access a row, as it writes it.
CREATE TABLE person_grant (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person   bigint NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    document jsonb  NOT NULL
);
CREATE INDEX person_grant_by_person ON person_grant (person, id);

-- Wrong tries and locks (登录失败锁定): the Account of hub/access, so that a restart forgets no lock.
CREATE TABLE person_lock (
    person  bigint      PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    account jsonb       NOT NULL,
    changed timestamptz NOT NULL
);

-- Sessions (会话). hash: SHA-256 of the token; previous: the token before the last rotation, good until previous_until,
-- so that requests which were under way meanwhile are answered.
CREATE TABLE session (
    hash           bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
    id             bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    person         bigint      NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    began          timestamptz NOT NULL,
    used           timestamptz NOT NULL,
    from_ip        text,
    agent          text        NOT NULL DEFAULT '',
    revoked        boolean     NOT NULL DEFAULT false,
    rights_version bigint      NOT NULL,
    previous       bytea UNIQUE,
    previous_until timestamptz
);
CREATE INDEX session_by_person ON session (person, id);
CREATE INDEX session_by_use ON session (used);

-- Between password and second factor (登录凭条): good once.
CREATE TABLE login_ticket (
    hash   bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
    person bigint      NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    until  timestamptz NOT NULL,
    used   timestamptz
);
CREATE INDEX login_ticket_by_time ON login_ticket (until);

-- Keys of services (服务密钥).
CREATE TABLE service (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash             bytea       NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
    name             text        NOT NULL,
    department       text,
    rights           jsonb       NOT NULL,
    scope            jsonb       NOT NULL,
    expires          timestamptz NOT NULL,
    quota_per_minute integer     NOT NULL,
    created          timestamptz NOT NULL,
    last_used        timestamptz,
    last_from        text,
    revoked          boolean     NOT NULL DEFAULT false
);

-- Walls (大屏). hash: none until the wall has fetched its credential. previous: the credential before the last renewal,
-- for a wall that never got the answer with the new one.
CREATE TABLE screen (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash           bytea UNIQUE CHECK (octet_length(hash) = 32),
    previous       bytea UNIQUE,
    previous_until timestamptz,
    name           text        NOT NULL,
    layout         text        NOT NULL,
    scope          jsonb       NOT NULL,
    enrolled       timestamptz NOT NULL,
    renewed        timestamptz NOT NULL,
    last_used      timestamptz,
    last_from      text,
    revoked        boolean     NOT NULL DEFAULT false
);

-- Walls that show a code (大屏登记): code is typed at a workbench, secret is held by the wall.
CREATE TABLE screen_enrolment (
    code   bytea PRIMARY KEY CHECK (octet_length(code) = 32),
    secret bytea       NOT NULL UNIQUE CHECK (octet_length(secret) = 32),
    until  timestamptz NOT NULL,
    screen bigint REFERENCES screen (id) ON DELETE CASCADE
);

-- Passwords, lock-out, sessions, second factors (安全策略); no row: the defaults of the program.
CREATE TABLE policy (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    document jsonb   NOT NULL,
    version  bigint  NOT NULL DEFAULT 1
);

-- The link that makes the first administrator (初始化令牌): used once in the life of a database.
CREATE TABLE setup_token (
    hash bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
    made timestamptz NOT NULL,
    used timestamptz
);
CREATE UNIQUE INDEX setup_token_once ON setup_token ((true)) WHERE used IS NOT NULL;
