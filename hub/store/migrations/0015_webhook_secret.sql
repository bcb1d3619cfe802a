-- What signs webhooks is kept encrypted by the hub (data/secret.key), like all secrets that it must know again. A first byte
-- of 0 marks what stands in the clear from before: the hub encrypts it at its next start and uses it only then.

ALTER TABLE webhook ALTER COLUMN secret TYPE bytea USING '\x00'::bytea || convert_to(secret, 'UTF8');
