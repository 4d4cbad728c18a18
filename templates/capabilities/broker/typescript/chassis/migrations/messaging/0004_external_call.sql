-- Calls to the outside world that a command asked for. A row is PENDING until the outcome is known for certain.
CREATE TABLE external_call (
  seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Sent to the provider, so that asking again has no second effect there.
  key         text NOT NULL UNIQUE,
  type        text NOT NULL,
  -- Id of the aggregate: calls about the same one are made in the order in which they were asked for.
  subject     text NOT NULL,
  headers     jsonb NOT NULL,
  -- Empty once the call is made: it may hold what must not be kept, such as a secret of a customer.
  data        text NOT NULL,
  state       text NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING', 'DONE', 'FAILED')),
  attempts    integer NOT NULL DEFAULT 0,
  reason      text,
  -- Since when it is PENDING, or was.
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Also the end of the lease of whoever asks now.
  next_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX external_call_pending ON external_call (subject, seq) WHERE state = 'PENDING';
CREATE INDEX external_call_due ON external_call (next_at) WHERE state = 'PENDING';
CREATE INDEX external_call_age ON external_call (created_at) WHERE state = 'PENDING';
CREATE INDEX external_call_over ON external_call (created_at) WHERE state <> 'PENDING';
