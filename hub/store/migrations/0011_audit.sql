-- The audit (审计): lines in batches, each batch with the hash of itself and all before it. Written by audit_write() alone,
-- shortened by audit_forget() alone, read through the views.
--
-- Whose it is depends on who applies this file:
--  * A superuser (the managed database): the roles chengshu_audit (owns the audit, nobody can sign in as it) and
--    chengshu_hub (what the hub works as) are made. Working as chengshu_hub the hub can neither change nor delete a line.
--  * An ordinary owner (an external database) cannot make roles. If an administrator made chengshu_audit before and lent
--    it to the owner (CREATE ROLE chengshu_audit NOLOGIN; GRANT CREATE, USAGE ON SCHEMA public TO chengshu_audit;
--    GRANT chengshu_audit TO <owner>;) the audit is given to it, and after REVOKE chengshu_audit FROM <owner> the
--    protection is the same, if the schema public is not the owner's own. Otherwise the owner keeps the audit: then the
--    triggers refuse, which the owner could switch off, and what was done is found only by the chain and its head that is
--    kept off the host.
-- audit_protection() tells which of these it is.

-- How far the chain goes, and where it begins since old batches were removed.
CREATE TABLE audit_head (
    one           boolean PRIMARY KEY DEFAULT true CHECK (one),
    batches       bigint NOT NULL DEFAULT 0,
    lines         bigint NOT NULL DEFAULT 0,
    hash          bytea  NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
    start_batches bigint NOT NULL DEFAULT 0,
    start_lines   bigint NOT NULL DEFAULT 0,
    start_hash    bytea  NOT NULL DEFAULT decode(repeat('00', 32), 'hex')
);
INSERT INTO audit_head DEFAULT VALUES;

-- at: the database's own clock, which the hub cannot set back.
CREATE TABLE audit_batch (
    n     bigint PRIMARY KEY,
    lines integer     NOT NULL,
    hash  bytea       NOT NULL,
    at    timestamptz NOT NULL
);

-- id: counted without gaps. canonical: the bytes that the chain is made over (hub/access/src/audit.rs), made here out of
-- the same document as the columns.
CREATE TABLE audit_line (
    id        bigint PRIMARY KEY,
    batch     bigint      NOT NULL,
    at        timestamptz NOT NULL,
    who       text        NOT NULL,
    kind      text        NOT NULL,
    from_ip   text,
    act       text        NOT NULL,
    object    text,
    outcome   text        NOT NULL,
    reason    text,
    detail    jsonb       NOT NULL,
    canonical bytea       NOT NULL
);
CREATE INDEX audit_line_by_time ON audit_line (at, id);
CREATE INDEX audit_line_by_who ON audit_line (who, id);
CREATE INDEX audit_line_by_act ON audit_line (act, id);
CREATE INDEX audit_line_by_object ON audit_line (object, id) WHERE object IS NOT NULL;

CREATE VIEW audit_head_read AS
    SELECT batches, lines, hash, start_batches, start_lines, start_hash FROM audit_head;
CREATE VIEW audit_batch_read AS SELECT n, lines, hash, at FROM audit_batch;
CREATE VIEW audit_line_read AS
    SELECT id, batch, at, who, kind, from_ip, act, object, outcome, reason, detail, canonical FROM audit_line;

-- AuditLine::canonical of hub/access, over the same line as JSON: each text with its length, where nothing is not an empty
-- text. (No function for one text: calling it ten times would take longer than all the rest.)
CREATE FUNCTION audit_canonical(line jsonb) RETURNS bytea LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT '\x01'::bytea || int8send((line->>'at')::bigint)
        || (SELECT string_agg(CASE WHEN t IS NULL THEN '\x000000000000000000'::bytea
                              ELSE '\x01'::bytea || int8send(octet_length(b)) || b END, ''::bytea ORDER BY n)
            FROM unnest(ARRAY[line->>'who', line->>'kind', line->>'from', line->>'act', line->>'object', line->>'outcome',
                              line->>'reason']) WITH ORDINALITY AS f (t, n), convert_to(t, 'UTF8') AS b)
        || (SELECT int8send(count(*))
                || coalesce(string_agg('\x01'::bytea || int8send(octet_length(k)) || k || '\x01'::bytea || int8send(octet_length(v)) || v,
                                       ''::bytea ORDER BY key COLLATE "C"), ''::bytea)
            FROM jsonb_each_text(line->'detail'), convert_to(key, 'UTF8') AS k, convert_to(value, 'UTF8') AS v)
$$;

-- Writes a batch: an array of AuditLine of hub/access as JSON. Whoever calls it does so last in the transaction of the act,
-- because the head is held until that ends: writers come one after the other. Answers the new head.
CREATE FUNCTION audit_write(written jsonb, OUT batches bigint, OUT lines bigint, OUT hash bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head public.audit_head;
    count integer := jsonb_array_length(written);
BEGIN
    IF count = 0 THEN
        RAISE EXCEPTION 'a batch of the audit has at least one line';
    END IF;
    SELECT * INTO STRICT head FROM public.audit_head FOR UPDATE;
    batches := head.batches + 1;
    lines := head.lines + count;
    WITH line AS (
        SELECT head.lines + n AS id, public.audit_canonical(document) AS canonical, document
        FROM jsonb_array_elements(written) WITH ORDINALITY AS w (document, n)
    ), put AS (
        INSERT INTO public.audit_line (id, batch, at, who, kind, from_ip, act, object, outcome, reason, detail, canonical)
        -- in two steps, because the factor of an interval is a float
        SELECT id, head.batches + 1,
               timestamptz 'epoch' + (document->>'at')::bigint / 3600000 * interval '1 hour'
                   + (document->>'at')::bigint % 3600000 * interval '1 millisecond',
               document->>'who', document->>'kind', document->>'from', document->>'act', document->>'object',
               document->>'outcome', document->>'reason', document->'detail', canonical
        FROM line
    )
    SELECT sha256('chengshu audit 1'::bytea || head.hash || int8send(count)
                  || string_agg(int8send(octet_length(canonical)) || canonical, ''::bytea ORDER BY id))
    INTO hash FROM line;
    INSERT INTO public.audit_batch (n, lines, hash, at) VALUES (batches, count, audit_write.hash, clock_timestamp());
    UPDATE public.audit_head AS h SET batches = audit_write.batches, lines = audit_write.lines, hash = audit_write.hash;
END
$$;

-- Removes whole batches that were written before a moment, and writes a line about it. Answers how many batches and lines.
CREATE FUNCTION audit_forget(before timestamptz, OUT batches bigint, OUT lines bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head public.audit_head;
    last bigint;
BEGIN
    IF before IS NULL OR before > now() - interval '180 days' THEN
        RAISE EXCEPTION 'the audit is kept for 180 days at least; asked to forget what is older than %', before;
    END IF;
    SELECT * INTO STRICT head FROM public.audit_head FOR UPDATE;
    SELECT coalesce(min(n) - 1, head.batches) INTO last FROM public.audit_batch WHERE at >= before;
    SELECT count(*), coalesce(sum(b.lines), 0) INTO batches, lines FROM public.audit_batch AS b WHERE n <= last;
    IF batches = 0 THEN
        RETURN;
    END IF;
    UPDATE public.audit_head AS h SET start_batches = last, start_lines = h.start_lines + audit_forget.lines,
        start_hash = (SELECT b.hash FROM public.audit_batch AS b WHERE n = last);
    DELETE FROM public.audit_line WHERE id <= head.start_lines + audit_forget.lines;
    DELETE FROM public.audit_batch WHERE n <= last;
    PERFORM public.audit_write(jsonb_build_array(jsonb_build_object(
        'at', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'who', 'local', 'kind', 'local', 'from', NULL,
        'act', 'configure', 'object', 'audit', 'outcome', 'done', 'reason', 'retention',
        'detail', jsonb_build_object('before', floor(extract(epoch FROM before) * 1000)::bigint::text,
                                     'batches', batches::text, 'lines', lines::text))));
END
$$;

-- The second line: nothing is changed, nothing younger than 180 days deleted, the head only goes forward. Whoever owns the
-- tables can switch this off, so it is no protection against them.
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old_enough boolean;
BEGIN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_batch' THEN
        old_enough := OLD.at < now() - interval '180 days';
    ELSIF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_line' THEN
        old_enough := (SELECT at < now() - interval '180 days' FROM public.audit_batch WHERE n = OLD.batch);
    ELSIF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'audit_head' THEN
        IF NEW.batches >= OLD.batches AND NEW.lines >= OLD.lines AND NEW.start_batches >= OLD.start_batches
           AND (NEW.batches > OLD.batches OR NEW.hash = OLD.hash) THEN
            RETURN NEW;
        END IF;
    END IF;
    IF old_enough THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit is only ever added to: % of % is refused', TG_OP, TG_TABLE_NAME;
END
$$;
CREATE TRIGGER audit_refuse BEFORE UPDATE OR DELETE ON audit_head FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_refuse BEFORE UPDATE OR DELETE ON audit_batch FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_refuse BEFORE UPDATE OR DELETE ON audit_line FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_refuse_all BEFORE TRUNCATE ON audit_head FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_refuse_all BEFORE TRUNCATE ON audit_batch FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_refuse_all BEFORE TRUNCATE ON audit_line FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();

-- How well the audit is kept from whoever asks. separate: it is another role's, which the asking one cannot become.
-- superuser, owner (or a member of the owner), schema (may drop it, as the schema's owner), creator (may make itself a
-- member): only triggers and the chain stand between. disarmed: a trigger is missing or switched off.
CREATE FUNCTION audit_protection() RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN (SELECT count(*) FROM pg_trigger
              WHERE tgname IN ('audit_refuse', 'audit_refuse_all') AND tgenabled IN ('O', 'A')
                AND tgrelid IN ('public.audit_head'::regclass, 'public.audit_batch'::regclass, 'public.audit_line'::regclass)) < 6
            THEN 'disarmed'
        WHEN (SELECT rolsuper FROM pg_roles WHERE rolname = session_user)
          OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN 'superuser'
        WHEN EXISTS (SELECT FROM pg_class WHERE pg_has_role(session_user, relowner, 'MEMBER') AND relnamespace = 'public'::regnamespace
                     AND relname IN ('audit_head', 'audit_batch', 'audit_line', 'audit_head_read', 'audit_batch_read', 'audit_line_read'))
          OR EXISTS (SELECT FROM pg_proc WHERE pg_has_role(session_user, proowner, 'MEMBER') AND pronamespace = 'public'::regnamespace
                     AND proname IN ('audit_write', 'audit_forget', 'audit_refuse', 'audit_canonical', 'audit_protection'))
            THEN 'owner'
        WHEN (SELECT pg_has_role(session_user, nspowner, 'MEMBER') FROM pg_namespace WHERE nspname = 'public') THEN 'schema'
        WHEN (SELECT rolcreaterole FROM pg_roles WHERE rolname = session_user) THEN 'creator'
        ELSE 'separate' END
$$;

-- Nobody may anything, and then the hub what it needs.
DO $$
DECLARE
    super boolean := (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
    hub name := current_user;
    wanted name;
    thing text;
BEGIN
    IF super THEN
        hub := 'chengshu_hub';
        -- no password: where one is asked for, nobody signs in as it
        FOREACH wanted IN ARRAY ARRAY['chengshu_audit', 'chengshu_hub'] LOOP
            BEGIN
                EXECUTE format('CREATE ROLE %I NOINHERIT %s', wanted, CASE wanted WHEN 'chengshu_hub' THEN 'LOGIN' ELSE 'NOLOGIN' END);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- another database of this cluster has made it
            END;
        END LOOP;
    END IF;

    REVOKE ALL ON FUNCTION audit_write(jsonb), audit_forget(timestamptz) FROM PUBLIC;
    BEGIN
        FOREACH thing IN ARRAY ARRAY['TABLE audit_head', 'TABLE audit_batch', 'TABLE audit_line',
            'VIEW audit_head_read', 'VIEW audit_batch_read', 'VIEW audit_line_read', 'FUNCTION audit_canonical(jsonb)',
            'FUNCTION audit_refuse()', 'FUNCTION audit_protection()', 'FUNCTION audit_write(jsonb)',
            'FUNCTION audit_forget(timestamptz)'] LOOP
            EXECUTE format('ALTER %s OWNER TO chengshu_audit', thing);
        END LOOP;
        IF super THEN
            GRANT USAGE ON SCHEMA public TO chengshu_audit;
        END IF;
        EXECUTE format('GRANT SELECT ON audit_head_read, audit_batch_read, audit_line_read TO %I', hub);
        EXECUTE format('GRANT EXECUTE ON FUNCTION audit_write(jsonb), audit_forget(timestamptz) TO %I', hub);
    EXCEPTION WHEN insufficient_privilege OR undefined_object THEN
        RAISE NOTICE 'the audit stays with %, and only triggers protect it: %', current_user, SQLERRM;
    END;

    IF super THEN
        GRANT USAGE ON SCHEMA public TO chengshu_hub;
        -- the tables of today and of later migrations; of the time series it is the owner, because who drops chunks must be
        FOR thing IN SELECT format('%I', relname) FROM pg_class
                     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname NOT LIKE 'audit\_%'
                       AND relname <> '_sqlx_migrations' LOOP
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO chengshu_hub', thing);
        END LOOP;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO chengshu_hub;
        IF to_regclass('public._sqlx_migrations') IS NOT NULL THEN
            GRANT SELECT ON _sqlx_migrations TO chengshu_hub;
        END IF;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO chengshu_hub;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO chengshu_hub;
        FOR thing IN SELECT format('%I.%I', hypertable_schema, hypertable_name) FROM timescaledb_information.hypertables
                     WHERE hypertable_schema = 'public' LOOP
            EXECUTE format('ALTER TABLE %s OWNER TO chengshu_hub', thing);
        END LOOP;
    END IF;
END
$$;
