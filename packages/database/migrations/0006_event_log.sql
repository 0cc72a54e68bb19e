-- The event log for one machine: what Kafka is on many. Written and read by src/event-log alone.
CREATE SCHEMA event_log;
--> statement-breakpoint
CREATE TABLE event_log.topics (
  name text PRIMARY KEY,
  partitions integer NOT NULL,
  max_record_bytes bigint NOT NULL,
  retention_ms bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE event_log.heads (
  topic text NOT NULL,
  partition integer NOT NULL,
  first_offset bigint NOT NULL DEFAULT 0,
  next_offset bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (topic, partition)
);
--> statement-breakpoint
-- A child a day, so that what is old goes by dropping a table.
CREATE TABLE event_log.records (
  topic text NOT NULL,
  partition integer NOT NULL,
  "offset" bigint NOT NULL,
  key text,
  value bytea,
  headers json NOT NULL,
  broker_at timestamp (3) with time zone NOT NULL
) PARTITION BY RANGE (broker_at);
--> statement-breakpoint
CREATE INDEX records_place ON event_log.records (topic, partition, "offset");
--> statement-breakpoint
-- Media is compressed already.
ALTER TABLE event_log.records ALTER COLUMN value SET STORAGE EXTERNAL;
--> statement-breakpoint
-- For a clock that is set to a day that nobody has made yet.
CREATE TABLE event_log.records_other PARTITION OF event_log.records DEFAULT;
--> statement-breakpoint
CREATE TABLE event_log.members (
  group_name text NOT NULL,
  member_id text NOT NULL,
  topics json NOT NULL,
  seen_at timestamp (3) with time zone NOT NULL,
  PRIMARY KEY (group_name, member_id)
);
--> statement-breakpoint
CREATE TABLE event_log.assignments (
  group_name text NOT NULL,
  topic text NOT NULL,
  partition integer NOT NULL,
  member_id text NOT NULL,
  generation bigint NOT NULL,
  PRIMARY KEY (group_name, topic, partition)
);
--> statement-breakpoint
CREATE TABLE event_log.commits (
  group_name text NOT NULL,
  topic text NOT NULL,
  partition integer NOT NULL,
  next_offset bigint,
  note text,
  PRIMARY KEY (group_name, topic, partition)
);
--> statement-breakpoint
CREATE SEQUENCE event_log.generations;
--> statement-breakpoint
-- Appends records in the order of the arrays. The heads' locks are held until the commit: offsets appear in their order, without holes.
CREATE FUNCTION event_log.publish(topics text[], partitions integer[], keys text[], vals bytea[], heads json[])
RETURNS TABLE (place bigint, record_offset bigint)
LANGUAGE plpgsql AS $$
DECLARE
  taken_at timestamp (3) with time zone;
BEGIN
  PERFORM 1 FROM event_log.heads h
    WHERE (h.topic, h.partition) IN (SELECT a.topic, a.partition FROM unnest(topics, partitions) AS a(topic, partition))
    ORDER BY h.topic, h.partition FOR UPDATE;
  taken_at := clock_timestamp();
  RETURN QUERY
    WITH incoming AS (
      SELECT t.*, row_number() OVER (PARTITION BY t.topic, t.partition ORDER BY t.nth) - 1 AS ahead
      FROM unnest(topics, partitions, keys, vals, heads) WITH ORDINALITY AS t(topic, partition, key, value, headers, nth)
    ), moved AS (
      UPDATE event_log.heads h SET next_offset = h.next_offset + c.records
      FROM (SELECT i.topic, i.partition, count(*) AS records FROM incoming i GROUP BY 1, 2) c
      WHERE h.topic = c.topic AND h.partition = c.partition
      RETURNING h.topic, h.partition, h.next_offset - c.records AS base
    ), stored AS (
      INSERT INTO event_log.records
      SELECT i.topic, i.partition, m.base + i.ahead, i.key, i.value, i.headers, taken_at
      FROM incoming i JOIN moved m ON m.topic = i.topic AND m.partition = i.partition
    )
    SELECT i.nth, m.base + i.ahead
    FROM incoming i JOIN moved m ON m.topic = i.topic AND m.partition = i.partition
    ORDER BY i.nth;
  PERFORM pg_notify('streamkeeper_event_log', t.topic) FROM (SELECT DISTINCT unnest(topics) AS topic) t;
END
$$;
