-- The readings of a series lie scattered over the table, as they arrived: a day of it would be fetched page by page. The
-- index carries what questions ask for, and they do not touch the table where it has been vacuumed.
CREATE UNIQUE INDEX reading_cover ON reading (series, at) INCLUDE (value, lag_ms, quality);
DROP INDEX reading_key;
ALTER TABLE reading SET (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 100000);
