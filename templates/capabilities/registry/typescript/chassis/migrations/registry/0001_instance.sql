-- The instances that take requests. A row counts until it expires, by this database's clock.
CREATE TABLE instance (
  service    text NOT NULL,
  id         text NOT NULL,
  urls       text[] NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (service, id)
);
