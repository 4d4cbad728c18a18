-- The embedded broker: durable queues in a database of their own.
CREATE TABLE subscription (
  channel    text NOT NULL,
  subscriber text NOT NULL,
  PRIMARY KEY (channel, subscriber)
);

CREATE TABLE message (
  seq        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- NULL for a foreign message without one.
  source     text,
  id         text,
  channel    text NOT NULL,
  headers    json NOT NULL,
  body       text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- A publisher that is not sure sends again.
  UNIQUE (source, id, channel)
);

CREATE INDEX message_created ON message (created_at);

-- One row per subscriber that has not yet handled the message.
CREATE TABLE delivery (
  message      bigint NOT NULL REFERENCES message (seq),
  subscriber   text NOT NULL,
  channel      text NOT NULL,
  -- Begun attempts: raised by the claim, before any handler runs.
  attempts     integer NOT NULL DEFAULT 0,
  next_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  locked_until timestamptz NOT NULL DEFAULT '-infinity',
  PRIMARY KEY (message, subscriber)
) WITH (autovacuum_vacuum_scale_factor = 0.02);

CREATE INDEX delivery_fresh ON delivery (channel, subscriber, message) WHERE attempts = 0;
CREATE INDEX delivery_later ON delivery (channel, subscriber, next_at) WHERE attempts > 0;

CREATE TABLE dead_letter (
  seq           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id            text NOT NULL,
  channel       text NOT NULL,
  subscriber    text NOT NULL,
  type          text NOT NULL,
  reason        text NOT NULL,
  attempts      integer NOT NULL,
  failed_at     timestamptz NOT NULL,
  first_seen_at timestamptz NOT NULL,
  headers       json NOT NULL,
  body          text NOT NULL
);

-- The same letter comes again if its consumer died before it could acknowledge the message.
CREATE UNIQUE INDEX dead_letter_once ON dead_letter (channel, subscriber, id, md5(body));

-- What any program may call to send a message: SELECT send('<channel>', '{"id": "1"}').
CREATE FUNCTION send(to_channel text, body text, headers json DEFAULT '{}') RETURNS bigint LANGUAGE sql AS $$
  WITH stored AS (
    INSERT INTO message (source, id, channel, headers, body)
    VALUES (headers ->> 'source', headers ->> 'id', to_channel, headers, body)
    RETURNING seq, channel
  ), delivered AS (
    INSERT INTO delivery (message, subscriber, channel)
    SELECT seq, subscriber, channel FROM stored JOIN subscription USING (channel)
  )
  SELECT seq FROM stored, pg_notify('bus_' || to_channel, '')
$$;
