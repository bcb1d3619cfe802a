-- Commands to devices (下行指令): what people want done, and every step of how it went.

-- state: queued = a second person must agree; approved = due to be sent; sent = the device has it; the others are ends.
-- due: when it is tried next. tries: how often the device had it and did not answer.
CREATE TABLE command (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    device   text        NOT NULL REFERENCES device (id),
    name     text        NOT NULL,
    params   text        NOT NULL, -- JSON object
    danger   boolean     NOT NULL,
    state    text        NOT NULL CHECK (state IN ('queued', 'approved', 'sent', 'confirmed', 'failed', 'expired', 'cancelled')),
    asked    timestamptz NOT NULL,
    person   text        NOT NULL, -- who wants it
    agreed   text,                 -- the second person
    expires  timestamptz NOT NULL,
    due      timestamptz NOT NULL,
    tries    integer     NOT NULL DEFAULT 0,
    changed  timestamptz NOT NULL,
    result   text,                 -- what the device answered, JSON
    code     text,                 -- why it is not done (yet)
    words    text
);
CREATE INDEX command_open ON command (due, id) WHERE state IN ('queued', 'approved', 'sent');
CREATE INDEX command_by_device ON command (device, id DESC);

-- The journal (指令日志): nothing here is ever changed.
CREATE TABLE command_step (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    command bigint      NOT NULL REFERENCES command (id) ON DELETE CASCADE,
    at      timestamptz NOT NULL,
    state   text        NOT NULL,
    person  text,
    code    text,
    words   text
);
CREATE INDEX command_step_by_command ON command_step (command, id);
