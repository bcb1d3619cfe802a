-- Truth under faults: the ledger, rollups that equal the readings, corrections, and the marks that make draining the
-- spool exact.

-- attempt: the last committed batch; a commit whose answer was lost is recognised by it. spool_*: how far the spool of
-- that identity has been drained into this database.
ALTER TABLE hub
    ADD COLUMN attempt       bigint NOT NULL DEFAULT 0,
    ADD COLUMN spool_id      bigint NOT NULL DEFAULT 0,
    ADD COLUMN spool_through bigint NOT NULL DEFAULT 0;

-- num: a short number for arrays. habit_ms: how often the device speaks, learned; null until it is known.
ALTER TABLE device
    ADD COLUMN num      integer GENERATED ALWAYS AS IDENTITY UNIQUE,
    ADD COLUMN gateway  text,
    ADD COLUMN habit_ms integer;

-- The ledger (收支账), in items: one for each reading, event, rejection and word of presence. A batch writes one line
-- with arrays in its own transaction; lines are folded into the sums once a minute. device 0: none could be told.
CREATE TABLE ledger_line (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    link            text      NOT NULL,
    day             date      NOT NULL,
    messages        integer   NOT NULL,
    received        integer   NOT NULL, -- as counted at hand-over, not derived from the arrays
    device          integer[] NOT NULL,
    heard           integer[] NOT NULL,
    stored          integer[] NOT NULL,
    duplicate       integer[] NOT NULL,
    conflict        integer[] NOT NULL,
    rejected_device integer[] NOT NULL,
    rejected_reason text[]    NOT NULL,
    rejected        integer[] NOT NULL
);
-- Small, short-lived and many: compressing the arrays would cost more than it saves.
ALTER TABLE ledger_line
    ALTER COLUMN device SET STORAGE EXTERNAL, ALTER COLUMN heard SET STORAGE EXTERNAL,
    ALTER COLUMN stored SET STORAGE EXTERNAL, ALTER COLUMN duplicate SET STORAGE EXTERNAL,
    ALTER COLUMN conflict SET STORAGE EXTERNAL;

CREATE TABLE ledger_total (
    link      text PRIMARY KEY,
    messages  bigint NOT NULL,
    received  bigint NOT NULL,
    stored    bigint NOT NULL,
    duplicate bigint NOT NULL,
    conflict  bigint NOT NULL
);
CREATE TABLE ledger_total_rejected (
    link     text   NOT NULL,
    reason   text   NOT NULL,
    rejected bigint NOT NULL,
    PRIMARY KEY (link, reason)
);
CREATE TABLE ledger_day (
    day       date    NOT NULL,
    link      text    NOT NULL,
    device    integer NOT NULL,
    received  bigint  NOT NULL,
    stored    bigint  NOT NULL,
    duplicate bigint  NOT NULL,
    conflict  bigint  NOT NULL,
    PRIMARY KEY (day, link, device)
);
CREATE TABLE ledger_day_rejected (
    day      date    NOT NULL,
    link     text    NOT NULL,
    device   integer NOT NULL,
    reason   text    NOT NULL,
    rejected bigint  NOT NULL,
    PRIMARY KEY (day, link, device, reason)
);

-- Rollups (统计汇总) of the readings that count (see Quality::UNFIT). They lag behind; what is not yet true in them is
-- listed in rollup_dirty, written in the transaction of the readings themselves.
CREATE TABLE rollup_dirty (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    series integer[] NOT NULL,
    minute integer[] NOT NULL -- minutes since 1970
);
ALTER TABLE rollup_dirty ALTER COLUMN series SET STORAGE EXTERNAL, ALTER COLUMN minute SET STORAGE EXTERNAL;

CREATE TABLE rollup_minute (
    series integer          NOT NULL,
    at     timestamptz      NOT NULL,
    count  integer          NOT NULL,
    sum    double precision NOT NULL,
    min    double precision NOT NULL,
    max    double precision NOT NULL,
    first  double precision NOT NULL,
    last   double precision NOT NULL
);
CREATE TABLE rollup_hour (LIKE rollup_minute);
CREATE TABLE rollup_day (LIKE rollup_minute);
SELECT create_hypertable('rollup_minute', by_range('at', INTERVAL '1 day'), create_default_indexes => false);
SELECT create_hypertable('rollup_hour', by_range('at', INTERVAL '7 days'), create_default_indexes => false);
SELECT create_hypertable('rollup_day', by_range('at', INTERVAL '365 days'), create_default_indexes => false);
CREATE UNIQUE INDEX rollup_minute_key ON rollup_minute (series, at);
CREATE UNIQUE INDEX rollup_hour_key ON rollup_hour (series, at);
CREATE UNIQUE INDEX rollup_day_key ON rollup_day (series, at);
-- Questions about all devices over a day read a few hours of every series.
CREATE INDEX rollup_hour_by_time ON rollup_hour (at);

-- Corrections (数据订正): who changed which reading, from what to what, and why. new_value null: the reading was
-- withdrawn. old_value null: there was none.
CREATE TABLE correction (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    made        timestamptz NOT NULL,
    caller      text        NOT NULL,
    series      integer     NOT NULL REFERENCES series (id),
    at          timestamptz NOT NULL,
    old_value   double precision,
    old_quality smallint,
    new_value   double precision,
    reason      text        NOT NULL
);
CREATE INDEX correction_by_series ON correction (series, at);

-- When something that was set aside was tried again, and what came of it.
ALTER TABLE rejected
    ADD COLUMN replayed_at        timestamptz,
    ADD COLUMN replayed_stored    integer,
    ADD COLUMN replayed_duplicate integer,
    ADD COLUMN replayed_rejected  integer;
