-- The spine: register, readings, latest values, alarms, what was set aside, and the one hub that may write.
-- Applied once, in one transaction; later changes are new files.

CREATE EXTENSION IF NOT EXISTS timescaledb;

-- One hub per database: whoever holds the highest epoch writes. `dirty_*` bound what a restart must read again to
-- complete the checkpoint of latest values (see latest.rs).
CREATE TABLE hub (
    one        boolean     PRIMARY KEY DEFAULT true CHECK (one),
    epoch      bigint      NOT NULL DEFAULT 0,
    holder     text        NOT NULL DEFAULT '',
    taken_at   timestamptz NOT NULL DEFAULT now(),
    dirty_from timestamptz,
    dirty_next timestamptz
);
INSERT INTO hub DEFAULT VALUES;

CREATE TABLE device (
    id           text PRIMARY KEY,
    theme        text        NOT NULL,
    kind         text,
    kind_assumed boolean     NOT NULL DEFAULT false,
    name         text,
    lng          double precision,
    lat          double precision,
    link         text        NOT NULL,
    first_seen   timestamptz NOT NULL,
    online       boolean,
    online_at    timestamptz
);

CREATE TABLE series (
    id     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    device text NOT NULL REFERENCES device (id),
    metric text NOT NULL,
    UNIQUE (device, metric)
);

-- at: device time. lag_ms: hub time of arrival minus at (an int4 holds 24 days). quality: bit flags, 0 = good.
CREATE TABLE reading (
    series  integer          NOT NULL,
    at      timestamptz      NOT NULL,
    lag_ms  integer          NOT NULL,
    value   double precision NOT NULL,
    quality smallint         NOT NULL
);
SELECT create_hypertable('reading', by_range('at', INTERVAL '1 day'), create_default_indexes => false);
CREATE UNIQUE INDEX reading_key ON reading (series, at);

-- The newest reading of each series, written from memory every few seconds.
CREATE TABLE latest (
    series   integer          PRIMARY KEY REFERENCES series (id),
    at       timestamptz      NOT NULL,
    received timestamptz      NOT NULL,
    value    double precision NOT NULL,
    quality  smallint         NOT NULL
);

CREATE TABLE alarm (
    id              bytea            PRIMARY KEY,
    rule            text             NOT NULL,
    rule_version    integer          NOT NULL,
    theme           text             NOT NULL,
    device          text             NOT NULL REFERENCES device (id),
    metric          text             NOT NULL,
    severity        smallint         NOT NULL,
    raise_limit     double precision NOT NULL,
    clear_limit     double precision NOT NULL,
    value           double precision NOT NULL,
    raised_at       timestamptz      NOT NULL,
    raised_received timestamptz      NOT NULL,
    cleared_at      timestamptz,
    cleared_value   double precision
);
-- Proves that at most one is active per rule and device; it is never what keeps it so.
CREATE UNIQUE INDEX alarm_one_active ON alarm (rule, device) WHERE cleared_at IS NULL;
CREATE INDEX alarm_by_time ON alarm (raised_received DESC, id);

CREATE TABLE transition (
    id       bytea            PRIMARY KEY,
    alarm    bytea            NOT NULL,
    crossing smallint         NOT NULL, -- 1 raised, 2 cleared
    at       timestamptz      NOT NULL,
    received timestamptz      NOT NULL,
    value    double precision NOT NULL
);
CREATE INDEX transition_by_alarm ON transition (alarm, at);

-- What must be told to somebody: a row first, then a wake-up; deleted when it has been told.
CREATE TABLE outbox (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alarm   bytea       NOT NULL,
    created timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE event (
    device   text        NOT NULL REFERENCES device (id),
    key      text        NOT NULL,
    kind     text        NOT NULL,
    at       timestamptz NOT NULL,
    received timestamptz NOT NULL,
    severity smallint,
    detail   jsonb       NOT NULL,
    PRIMARY KEY (device, key)
);
CREATE INDEX event_by_time ON event (received DESC);

-- Input that was set aside: the bytes as they came (cut at 64 KiB), why, and where from.
CREATE TABLE rejected (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received  timestamptz NOT NULL,
    link      text        NOT NULL,
    source    text        NOT NULL,
    device    text,
    metric    text,
    reason    text        NOT NULL,
    detail    text        NOT NULL,
    raw       bytea       NOT NULL,
    raw_bytes integer     NOT NULL
);

CREATE TABLE kpi_sample (
    theme text             NOT NULL,
    kpi   text             NOT NULL,
    at    timestamptz      NOT NULL,
    value double precision NOT NULL,
    PRIMARY KEY (theme, kpi, at)
);
