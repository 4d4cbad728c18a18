-- One row per step and business key: whichever of action and compensation inserts it first decides.
-- Rows are kept: a tombstone has to outlive every command that could still be replayed.
CREATE TABLE saga_step (
  step       text NOT NULL,
  key        text NOT NULL,
  state      text NOT NULL CHECK (state IN ('HELD', 'REFUSED', 'DONE', 'UNDONE', 'TOMBSTONE')),
  -- What the action answered; a repeated command gets it again.
  outcome    jsonb,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (step, key)
);
