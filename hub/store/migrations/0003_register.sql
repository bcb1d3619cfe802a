-- The register as people keep it: what no device tells of itself, who changed it, and devices that nobody entered.

-- registration: registered = entered by people; accepted = heard and let in; pending = heard, waits for a person;
-- retired = taken out of service. version counts people's changes.
ALTER TABLE device
    ADD COLUMN registration   text    NOT NULL DEFAULT 'accepted'
        CHECK (registration IN ('registered', 'accepted', 'pending', 'retired')),
    ADD COLUMN version        integer NOT NULL DEFAULT 0,
    ADD COLUMN department     text,
    ADD COLUMN area           text,
    ADD COLUMN groups         text[]  NOT NULL DEFAULT '{}',
    ADD COLUMN vendor         text,
    ADD COLUMN model          text,
    ADD COLUMN serial         text,
    ADD COLUMN installed      date,
    ADD COLUMN warranty_until date,
    ADD COLUMN contact        text,
    ADD COLUMN tags           text[]  NOT NULL DEFAULT '{}';

-- Who changed what (变更记录): changed holds [{"field", "old", "new"}].
CREATE TABLE device_change (
    id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    device  text        NOT NULL REFERENCES device (id),
    at      timestamptz NOT NULL,
    caller  text        NOT NULL,
    action  text        NOT NULL CHECK (action IN ('created', 'changed', 'retired', 'imported')),
    changed jsonb       NOT NULL
);
CREATE INDEX device_change_by_device ON device_change (device, id DESC);
