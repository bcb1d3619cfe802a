-- Webhooks (消息推送): whom to tell of what, and each thing that is to be told.

-- kinds, themes: only those; empty = all. held_until: its receiver does not answer; nothing is sent before.
CREATE TABLE webhook (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text        NOT NULL,
    url        text        NOT NULL,
    kinds      text[]      NOT NULL,
    themes     text[]      NOT NULL,
    secret     text        NOT NULL,
    enabled    boolean     NOT NULL,
    made       timestamptz NOT NULL,
    caller     text        NOT NULL,
    held_until timestamptz
);

-- key: what it is about; the same thing is told to nobody twice. asked: since when it is being tried (anew after a replay).
CREATE TABLE delivery (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    webhook   bigint      NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    kind      text        NOT NULL,
    key       text        NOT NULL,
    data      text        NOT NULL, -- JSON, kept as it was written: it is signed
    made      timestamptz NOT NULL,
    asked     timestamptz NOT NULL,
    due       timestamptz NOT NULL,
    state     text        NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'given_up')),
    attempts  integer     NOT NULL DEFAULT 0,
    tried     timestamptz,
    status    integer, -- of the last answer, if there was one
    words     text,    -- what went wrong last
    UNIQUE (webhook, key)
);
CREATE INDEX delivery_waiting ON delivery (webhook, due, id) WHERE state = 'waiting';
CREATE INDEX delivery_by_webhook ON delivery (webhook, id DESC);
CREATE INDEX delivery_by_time ON delivery (made);
