-- One row per step and business key: whichever of action and compensation inserts it first decides.
-- A tombstone has to outlive every command that could still be replayed; a held step waits for its end, however long.
CREATE TABLE saga_step (
  step       text NOT NULL,
  key        text NOT NULL,
  state      text NOT NULL CHECK (state IN ('HELD', 'REFUSED', 'DONE', 'UNDONE', 'TOMBSTONE')),
  -- What the action answered; a repeated command gets it again.
  outcome    jsonb,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- When it was last changed or asked for.
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (step, key)
);

CREATE INDEX saga_step_settled ON saga_step (updated_at) WHERE state <> 'HELD';
