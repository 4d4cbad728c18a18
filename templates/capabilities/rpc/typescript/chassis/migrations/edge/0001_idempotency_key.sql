-- One row for each request that carried an idempotency key and succeeded. The row is inserted first and its output
-- filled in at the end of the same transaction: no other transaction sees it unfinished.
CREATE TABLE idempotency_key (
  scope text NOT NULL,
  key text NOT NULL,
  request_hash text NOT NULL,
  output text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (scope, key)
);

CREATE INDEX idempotency_key_created_at ON idempotency_key (created_at);
