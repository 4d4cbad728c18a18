// How long what is done with is kept. Rows are removed in small portions, so that no purge holds up the rest.
import { z } from 'zod';
import { type Duration, duration, milliseconds } from '../config/index.ts';
import { type Database, NOW } from '../database/index.ts';
import type { Logger } from '../telemetry/index.ts';
import { type Loop, startLoop } from './loop.ts';

/** Of dead letters: an operator has this long to replay one. */
export const DEAD_LETTER_RETENTION: Duration = '336h';
/** Published rows, for a look at what was sent. */
const OUTBOX_RETENTION: Duration = '1h';

const PURGE_MS = 60_000;
const BATCH = 1_000;

/** @throws when the inbox would forget a message that a dead letter can still bring back: its effect would double. */
export function checkRetention(inboxRetention: Duration): void {
  if (milliseconds(inboxRetention) > milliseconds(DEAD_LETTER_RETENTION)) return;
  throw new Error(
    `INBOX_RETENTION is ${inboxRetention}. It must exceed the age of dead letters (${DEAD_LETTER_RETENTION}).`,
  );
}

/** The environment of those who remember what was handled. */
export const retentionEnv = z.object({
  /** How long a handled message is remembered; longer than anything can bring it back. */
  INBOX_RETENTION: duration().default('720h'),
});

/** Rows that are done with from the instant in `column` on. */
export interface Purge {
  readonly table: string;
  readonly column: string;
  readonly condition?: string;
  readonly age: Duration;
}

/** What messaging keeps. */
export function messagingPurges(inboxRetention: Duration): Purge[] {
  return [
    { table: 'outbox', column: 'published_at', age: OUTBOX_RETENTION },
    { table: 'inbox', column: 'received_at', age: inboxRetention },
    { table: 'external_call', column: 'created_at', condition: "state <> 'PENDING'", age: inboxRetention },
  ];
}

/** Removes what is older than its time. */
export function startPurge(db: Database, { purges, log }: { purges: readonly Purge[]; log: Logger }): Loop {
  const pass = async () => {
    let more = false;
    for (const purge of purges) more = (await purgeBatch(db, purge)) || more;
    return more;
  };
  return startLoop({ name: 'purge', pollMs: PURGE_MS, log, pass });
}

async function purgeBatch(db: Database, { table, column, condition = 'true', age }: Purge): Promise<boolean> {
  const { rowCount } = await db.query(
    `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM ${table} WHERE ${condition} AND ${column} < ${NOW} - $1 * interval '1 ms'
        LIMIT $2 FOR UPDATE SKIP LOCKED))`,
    [milliseconds(age), BATCH],
  );
  return rowCount === BATCH;
}
