CREATE TABLE saga (
  name        text NOT NULL,
  key         text NOT NULL,
  -- Of the table it was started with: it finishes on that one.
  version     integer NOT NULL,
  status      text NOT NULL
    CHECK (status IN ('RUNNING', 'IN_DOUBT', 'COMPLETING', 'COMPENSATING', 'CONFIRMED', 'REJECTED')),
  attempts    integer NOT NULL,
  reason      text,
  -- What it knows beside its status: its data, until it has ended, and what was answered so far.
  state       jsonb NOT NULL,
  traceparent text,
  stuck       boolean NOT NULL DEFAULT false,
  -- NULL once the pivot has succeeded or the saga has turned back: disarmed for good.
  deadline_at timestamptz,
  -- When it asks again for what is unanswered; NULL while the deadline decides.
  retry_at    timestamptz,
  started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at    timestamptz,
  PRIMARY KEY (name, key)
);

CREATE INDEX saga_due ON saga (LEAST(deadline_at, retry_at)) WHERE ended_at IS NULL;
CREATE INDEX saga_ended ON saga (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE saga_log (
  seq     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  saga    text NOT NULL,
  key     text NOT NULL,
  at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  service text NOT NULL,
  step    text NOT NULL,
  result  text NOT NULL,
  reason  text,
  FOREIGN KEY (saga, key) REFERENCES saga (name, key) ON DELETE CASCADE
);

CREATE INDEX saga_log_saga ON saga_log (saga, key, seq);

-- What an operator asks for. The service that knows the saga's table decides, and answers in the row.
CREATE TABLE saga_request (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  saga         text NOT NULL,
  key          text NOT NULL,
  action       text NOT NULL CHECK (action IN ('retry', 'skip', 'abort')),
  requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  handled_at   timestamptz,
  -- Why it was not done; NULL when it was.
  refusal      text
);

CREATE INDEX saga_request_open ON saga_request (id) WHERE handled_at IS NULL;
