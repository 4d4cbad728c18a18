-- Messages that were handled, so that one that comes again has no second effect.
CREATE TABLE inbox (
  consumer    text NOT NULL,
  source      text NOT NULL,
  id          text NOT NULL,
  -- SHA-256 of type and data: tells a repeated message from another one under the same id.
  content     bytea NOT NULL,
  received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (consumer, source, id)
);

CREATE INDEX inbox_received ON inbox (received_at);
