CREATE TABLE stock (
  item text PRIMARY KEY,
  available integer NOT NULL CHECK (available >= 0),
  held integer NOT NULL DEFAULT 0 CHECK (held >= 0),
  sold integer NOT NULL DEFAULT 0 CHECK (sold >= 0),
  price_amount integer NOT NULL CHECK (price_amount >= 0), -- minor units
  price_currency char(3) NOT NULL
);

INSERT INTO stock (item, available, price_amount, price_currency) VALUES
  ('widget', 1000000, 1999, 'EUR'),
  ('gadget', 1000, 4950, 'EUR'),
  ('antique', 1, 99900, 'EUR');

-- One row an order. It decides between a reservation and its release, in whichever order they arrive:
-- a release that comes first leaves a RELEASED row without item, and the late reservation is refused.
CREATE TABLE hold (
  order_id text PRIMARY KEY,
  state text NOT NULL CHECK (state IN ('HELD', 'REFUSED', 'RELEASED', 'SOLD')),
  item text,
  quantity integer,
  reason text,
  -- What was answered: a later price must not change it.
  price_amount integer,
  price_currency char(3),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
