-- One row an order. It decides between an authorization and its void, in whichever order they arrive:
-- a void that comes first leaves a VOIDED row without price, and the late authorization is refused.
CREATE TABLE payments (
  order_id text PRIMARY KEY,
  status text NOT NULL CHECK (status IN ('PENDING', 'AUTHORIZED', 'DECLINED', 'VOIDED')),
  amount integer CHECK (amount >= 0), -- minor units
  currency char(3),
  reason text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
