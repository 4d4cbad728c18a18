CREATE TABLE users (
  id text PRIMARY KEY DEFAULT gen_random_uuid()::text,
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

INSERT INTO users (id, name, email) VALUES
  ('1', 'Ada Lovelace', 'ada@example.com'),
  ('2', 'Grace Hopper', 'grace@example.com'),
  ('3', 'Edsger Dijkstra', 'edsger@example.com');
