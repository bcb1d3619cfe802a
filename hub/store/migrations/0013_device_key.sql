-- Credentials of devices at MQTT brokers (设备凭据), and secrets with which services sign what they send.

-- hash: $7$rounds$salt$hash, as mosquitto keeps it. change: a new number at every change, so that whoever holds a copy sees
-- with one look at the table whether it is still true.
CREATE SEQUENCE device_key_change;
CREATE TABLE device_key (
    device     text PRIMARY KEY REFERENCES device (id),
    hash       text        NOT NULL,
    issued     timestamptz NOT NULL,
    issued_by  text        NOT NULL,
    last_login timestamptz,
    change     bigint      NOT NULL DEFAULT nextval('device_key_change')
);

-- signing: encrypted by the hub (data/secret.key). A service that has one is heard only with signatures.
ALTER TABLE service ADD COLUMN signing bytea;
