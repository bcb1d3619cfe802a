-- Whom to tell (消息接收方): what was a webhook is a receiver on one of several channels. One queue, one back-off, one list for all.

ALTER TABLE webhook RENAME TO receiver;
ALTER TABLE delivery RENAME COLUMN webhook TO receiver;
ALTER INDEX delivery_by_webhook RENAME TO delivery_by_receiver;

-- target: an address (webhook), a mailbox (email), the name of a broker (mqtt), the address of a robot without its key, which
-- lies in secret (wecom, dingtalk). lang: of texts for people.
ALTER TABLE receiver RENAME COLUMN url TO target;
ALTER TABLE receiver
    ADD COLUMN channel text NOT NULL DEFAULT 'webhook' CHECK (channel IN ('webhook', 'email', 'mqtt', 'wecom', 'dingtalk')),
    ADD COLUMN lang    text NOT NULL DEFAULT 'zh' CHECK (lang IN ('zh', 'en')),
    -- the last attempt, of whatever delivery: when, with what answer, what went wrong; how many have failed since one went well
    ADD COLUMN tried    timestamptz,
    ADD COLUMN status   integer,
    ADD COLUMN words    text,
    ADD COLUMN failures integer NOT NULL DEFAULT 0;
ALTER TABLE receiver ALTER COLUMN channel DROP DEFAULT, ALTER COLUMN lang DROP DEFAULT;

-- What was told in one message together with others (合并发送) has the number of the first of them.
ALTER TABLE delivery ADD COLUMN digest bigint;
