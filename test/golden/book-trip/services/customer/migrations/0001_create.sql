CREATE TABLE customers (
  id text PRIMARY KEY DEFAULT gen_random_uuid()::text,
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

INSERT INTO customers (id, name) VALUES ('1', 'First'), ('2', 'Second'), ('3', 'Third');
