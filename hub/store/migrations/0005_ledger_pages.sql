-- The ledger of a day is read device by device.
ALTER TABLE ledger_day DROP CONSTRAINT ledger_day_pkey, ADD PRIMARY KEY (day, device, link);
ALTER TABLE ledger_day_rejected DROP CONSTRAINT ledger_day_rejected_pkey, ADD PRIMARY KEY (day, device, link, reason);
