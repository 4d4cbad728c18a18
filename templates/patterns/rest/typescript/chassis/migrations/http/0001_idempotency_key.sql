-- One row for each request that carried an Idempotency-Key and succeeded. The row is inserted first and its answer
-- filled in at the end of the same transaction: no other transaction sees it unfinished.
CREATE TABLE idempotency_key (
  scope text NOT NULL,
  key text NOT NULL,
  request_hash text NOT NULL,
  status integer,
  location text,
  body text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (scope, key)
);

CREATE INDEX idempotency_key_created_at ON idempotency_key (created_at);
