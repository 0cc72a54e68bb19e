-- Readers are told which partition grew and to where: they need not look at all of a topic's for each record.
CREATE OR REPLACE FUNCTION event_log.publish(topics text[], partitions integer[], keys text[], vals bytea[], heads json[])
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
  PERFORM pg_notify('streamkeeper_event_log', concat_ws(' ', h.topic, h.partition, h.next_offset))
    FROM event_log.heads h
    WHERE (h.topic, h.partition) IN (SELECT a.topic, a.partition FROM unnest(topics, partitions) AS a(topic, partition));
END
$$;
