-- Alarms after ISA-18.2: severity that moves on the ladder of a rule, what people do with an alarm, what waits for time to
-- decide, and what would have been raised had it come in time.

ALTER TABLE alarm
    ALTER COLUMN metric DROP NOT NULL,       -- an expression looks at several, silence at none
    ADD COLUMN worst         smallint,       -- the gravest that it ever was
    ADD COLUMN since         timestamptz,    -- abnormal since then; raised when it had held for long enough
    ADD COLUMN acked_at      timestamptz,
    ADD COLUMN acked_by      text,
    ADD COLUMN assignee      text,
    ADD COLUMN shelved_until timestamptz,
    ADD COLUMN shelved_by    text,
    ADD COLUMN shelved_why   text,
    ADD COLUMN suppressed_by text,           -- parent:<device>, window:<id>
    ADD COLUMN verdict       boolean,        -- true: there was something; false: a false alarm
    ADD COLUMN verdict_by    text;
UPDATE alarm SET worst = severity, since = raised_at;
ALTER TABLE alarm ALTER COLUMN worst SET NOT NULL, ALTER COLUMN since SET NOT NULL;

ALTER TABLE transition                       -- crossing: 1 raised, 2 cleared, 3 worsened, 4 eased, 5 withdrawn
    ADD COLUMN severity    smallint,
    ADD COLUMN raise_limit double precision,
    ADD COLUMN clear_limit double precision,
    ADD COLUMN since       timestamptz,
    ALTER COLUMN value DROP NOT NULL;        -- none when the rule was withdrawn
UPDATE transition SET severity = alarm.severity, raise_limit = alarm.raise_limit, clear_limit = alarm.clear_limit, since = transition.at
    FROM alarm WHERE alarm.id = transition.alarm;

-- What people do with an alarm: acknowledged, commented, assigned, shelved, unshelved, verdict. Never changed.
CREATE TABLE alarm_act (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alarm  bytea       NOT NULL REFERENCES alarm (id),
    act    text        NOT NULL,
    at     timestamptz NOT NULL,
    caller text        NOT NULL,
    words  text,
    detail jsonb       NOT NULL DEFAULT '{}'
);
CREATE INDEX alarm_act_by_alarm ON alarm_act (alarm, id);

-- What time has yet to decide on: a condition that has not held for long enough, an alarm that may be over. Gone when it has.
CREATE TABLE rule_state (
    rule   text  NOT NULL,
    device text  NOT NULL REFERENCES device (id),
    state  jsonb NOT NULL,
    PRIMARY KEY (rule, device)
);

-- Devices whose readings are put in order first: readings after `decided` have not been decided on.
CREATE TABLE rule_mark (
    device  text PRIMARY KEY REFERENCES device (id),
    decided timestamptz NOT NULL
);

-- What readings that came too late would have raised and cleared. Told to nobody as if it were now.
CREATE TABLE retrospect (
    id           bytea            PRIMARY KEY,
    alarm        bytea            NOT NULL,
    crossing     smallint         NOT NULL,
    rule         text             NOT NULL,
    rule_version integer          NOT NULL,
    device       text             NOT NULL REFERENCES device (id),
    severity     smallint         NOT NULL,
    raise_limit  double precision NOT NULL,
    at           timestamptz      NOT NULL,
    received     timestamptz      NOT NULL,
    value        double precision NOT NULL
);
CREATE INDEX retrospect_by_time ON retrospect (received DESC, id);
CREATE INDEX retrospect_by_device ON retrospect (device, at DESC);
