// What can happen to messages on their way, done to the outbox of their sender, so that it is the same with every broker.
import type { Database } from '@app/chassis/database';
import { channels } from '@app/contracts/channels';
import type { Random } from './random.ts';

/** Messages sent in the last seconds that are sent once more, under their own ids. @returns how many */
export async function sendAgain(db: Database, count: number): Promise<number> {
  const { rowCount } = await db.query(
    `UPDATE outbox SET published_at = NULL WHERE seq IN (
       SELECT seq FROM outbox WHERE published_at BETWEEN clock_timestamp() - interval '10 s' AND clock_timestamp()
        ORDER BY random() LIMIT $1)`,
    [count],
  );
  return rowCount ?? 0;
}

/** All messages of one type about one key are sent once more. */
export async function repeat(db: Database, { type, key }: { type: string; key: string }): Promise<number> {
  const sql =
    'UPDATE outbox SET published_at = NULL WHERE type = $1 AND key = $2 AND published_at IS NOT NULL';
  return (await db.query(sql, [type, key])).rowCount ?? 0;
}

/** Messages of a type that this service is going to send are held back until `release`: they arrive late. */
export interface Withheld {
  /** How many there are. */
  count(): Promise<number>;
  release(): Promise<void>;
}

export async function withhold(db: Database, type: string): Promise<Withheld> {
  if (!/^[A-Za-z]+$/.test(type)) throw new Error(`"${type}" is not a type of message.`);
  await db.query(`
    CREATE OR REPLACE FUNCTION withhold() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN NEW.published_at := 'infinity'; RETURN NEW; END $$`);
  await db.query(`CREATE OR REPLACE TRIGGER withhold BEFORE INSERT ON outbox FOR EACH ROW
    WHEN (NEW.type = '${type}') EXECUTE FUNCTION withhold()`);
  return {
    count: async () =>
      (await db.query(`SELECT FROM outbox WHERE type = $1 AND published_at = 'infinity'`, [type])).rowCount ??
      0,
    release: async () => {
      await db.query('DROP TRIGGER withhold ON outbox');
      await db.query(`UPDATE outbox SET published_at = NULL WHERE published_at = 'infinity'`);
    },
  };
}

const POISON = [
  { type: 'Poison', payload: '{"half":' },
  { type: 'Poison', payload: '{}' },
  { type: 'PoisonWithoutHandler', payload: '{"id":"1"}' },
];

/** Puts in a message that nobody can handle. @returns its id */
export async function poison(
  db: Database,
  { number, random }: { number: number; random: Random },
): Promise<string> {
  const id = `poison-${number}`;
  const { type, payload } = random.pick(POISON);
  const { name } = random.pick(
    channels.filter(({ kind, groups }) => kind === 'commands' && groups.length > 0),
  );
  await db.query(
    `INSERT INTO outbox (id, type, channel, key, headers, payload) VALUES ($1, $2, $3, $1, $4, $5)`,
    [id, type, name, { id, type, 'schema-version': '1', 'aggregate-id': id }, payload],
  );
  return id;
}
