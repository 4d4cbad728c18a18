// What can happen to messages on their way, done to the outbox of their sender, so that it is the same with every broker.
import type { Database } from '@app/chassis/database';
import { channels } from '@app/contracts/channels';
import type { Random } from './random.ts';

/** A kind of message and the service that sends it. */
export interface Sent {
  readonly from: string;
  readonly type: string;
}

/** So many messages are the last ones. */
const LAST = 50;

/**
 * Some of the last messages that were sent are sent once more, under their own ids: each of `picks` is a place among
 * them, from 0 for the oldest up to 1. @returns how many
 */
export async function sendAgain(db: Database, picks: readonly number[]): Promise<number> {
  const { rowCount } = await db.query(
    `WITH last AS (
       SELECT seq, row_number() OVER (ORDER BY seq) - 1 AS place, count(*) OVER () AS count FROM (
         SELECT seq FROM outbox WHERE published_at < 'infinity' ORDER BY seq DESC LIMIT ${LAST}) AS sent)
     UPDATE outbox SET published_at = NULL WHERE seq IN (
       SELECT seq FROM last JOIN unnest($1::float8[]) AS pick ON place = floor(pick * count))`,
    [picks],
  );
  return rowCount ?? 0;
}

/** Everything that was said about one key is sent once more. @returns how many messages */
export async function repeat(db: Database, key: string): Promise<number> {
  const sql = 'UPDATE outbox SET published_at = NULL WHERE key = $1 AND published_at IS NOT NULL';
  return (await db.query(sql, [key])).rowCount ?? 0;
}

/** What was said of this type about one key is said anew, under another id. */
export async function sayAnew(db: Database, { type, key }: { type: string; key: string }): Promise<void> {
  await db.query(
    `INSERT INTO outbox (id, type, channel, key, headers, payload)
     SELECT id || '-anew', type, channel, key, headers || jsonb_build_object('id', id || '-anew'), payload
       FROM outbox WHERE type = $1 AND key = $2 AND published_at IS NOT NULL`,
    [type, key],
  );
}

export interface Letter {
  readonly id: string;
  readonly type: string;
  readonly channel: string;
  readonly key: string;
  readonly payload: string;
  /** Version of the aggregate. */
  readonly version?: number;
}

/** Puts messages into an outbox, in this order, as its service would. */
export async function post(db: Database, letters: readonly Letter[]): Promise<void> {
  const rows = letters.map(({ version, ...letter }) => ({
    ...letter,
    headers: {
      id: letter.id,
      type: letter.type,
      'schema-version': '1',
      'aggregate-id': letter.key,
      ...(version === undefined ? {} : { 'aggregate-version': String(version) }),
    },
  }));
  await db.query(
    `INSERT INTO outbox (id, type, channel, key, headers, payload)
     SELECT id, type, channel, key, headers, payload FROM jsonb_to_recordset($1)
         AS letter (id text, type text, channel text, key text, headers jsonb, payload text)`,
    [JSON.stringify(rows)],
  );
}

/** Messages of these types that a service is going to send are held back until `release`: they arrive late. */
export interface Withheld {
  /** Those about one key, the oldest first. */
  ids(key: string): Promise<readonly string[]>;
  release(): Promise<void>;
}

export async function withhold(db: Database, types: readonly string[]): Promise<Withheld> {
  const wrong = types.find((type) => !/^[A-Za-z]+$/.test(type));
  if (wrong !== undefined) throw new Error(`"${wrong}" is not a type of message.`);
  await db.query(`
    CREATE OR REPLACE FUNCTION withhold() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN NEW.published_at := 'infinity'; RETURN NEW; END $$`);
  await db.query(`CREATE OR REPLACE TRIGGER withhold BEFORE INSERT ON outbox FOR EACH ROW
    WHEN (NEW.type IN (${types.map((type) => `'${type}'`).join(', ')})) EXECUTE FUNCTION withhold()`);
  return {
    ids: async (key) => {
      const { rows } = await db.query<{ id: string }>(
        `SELECT id FROM outbox WHERE key = $1 AND published_at = 'infinity' ORDER BY seq`,
        [key],
      );
      return rows.map(({ id }) => id);
    },
    release: async () => {
      await db.query('DROP TRIGGER IF EXISTS withhold ON outbox');
      await db.query(`UPDATE outbox SET published_at = NULL WHERE published_at = 'infinity'`);
    },
  };
}

const POISON = [
  { type: 'Poison', payload: '{"half":' },
  { type: 'Poison', payload: '{}' },
  { type: 'PoisonWithoutHandler', payload: '{"id":"1"}' },
];

/** A message that nobody can handle. */
export function poisonLetter({ number, random }: { number: number; random: Random }): Letter {
  const id = `poison-${number}`;
  const poison = random.pick(POISON);
  const { name } = random.pick(
    channels.filter(({ kind, groups }) => kind === 'commands' && groups.length > 0),
  );
  return { id, ...poison, channel: name, key: id };
}

/** Puts one in. @returns its id */
export async function poison(db: Database, chance: { number: number; random: Random }): Promise<string> {
  const letter = poisonLetter(chance);
  await post(db, [letter]);
  return letter.id;
}
