-- Messages that wait for another attempt, where the broker does not keep count of attempts durably.
CREATE TABLE retry (
  seq           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  channel       text NOT NULL,
  consumer      text NOT NULL,
  headers       json NOT NULL,
  body          bytea NOT NULL,
  attempts      integer NOT NULL,
  reason        text NOT NULL,
  first_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Also the end of the lease of whoever tries it now.
  next_at       timestamptz NOT NULL
);

CREATE INDEX retry_due ON retry (next_at);
