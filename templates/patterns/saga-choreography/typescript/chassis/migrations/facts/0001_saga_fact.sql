-- What this service was told and has told about each business key. Its lock puts the events of one key in a row.
CREATE TABLE saga_fact (
  key        text PRIMARY KEY,
  -- Data of events, for handlers that wait for several of them. Taken out once such a handler has answered.
  facts      jsonb NOT NULL DEFAULT '{}',
  -- Of the last event that this service told about the key.
  version    integer NOT NULL DEFAULT 0,
  -- When the last event came.
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX saga_fact_updated ON saga_fact (updated_at);
