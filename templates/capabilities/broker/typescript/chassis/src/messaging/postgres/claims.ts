// The rows of deliveries: claimed under a lease and counted before a handler runs, settled after it.
import { type Database, NOW } from '../../database/index.ts';
import type { Headers } from '../envelope.ts';
import type { Verdict } from '../transport.ts';

/** A consumer that is dead or frozen loses its messages after this; the inbox guards against one that is slow. */
const LEASE_S = 20;

export interface Delivery {
  readonly message: string;
  readonly headers: Headers;
  readonly body: string;
  readonly created_at: Date;
  readonly attempts: number;
}

export interface Queue {
  readonly channel: string;
  readonly group: string;
}

/** Claims messages that nobody has tried, in the order of their arrival. */
export async function claimFresh(
  db: Database,
  { channel, group }: Queue,
  limit: number,
): Promise<Delivery[]> {
  return claim(db, 'attempts = 0 ORDER BY message', [channel, group, limit]);
}

/** Claims one message that was tried before and is due, or whose consumer has lost it. */
export async function claimLater(db: Database, { channel, group }: Queue): Promise<Delivery | undefined> {
  const due = `attempts > 0 AND next_at <= ${NOW} AND locked_until <= ${NOW}`;
  const [delivery] = await claim(db, `${due} ORDER BY next_at`, [channel, group, 1]);
  return delivery;
}

async function claim(db: Database, condition: string, values: readonly unknown[]): Promise<Delivery[]> {
  const { rows } = await db.query<Delivery & Record<string, unknown>>(
    `WITH claimed AS (
       UPDATE delivery SET attempts = attempts + 1, locked_until = clock_timestamp() + interval '${LEASE_S} s'
        WHERE subscriber = $2 AND message = ANY (ARRAY(
          SELECT message FROM delivery WHERE channel = $1 AND subscriber = $2 AND ${condition}
           LIMIT $3 FOR UPDATE SKIP LOCKED))
       RETURNING message, attempts
     )
     SELECT message, attempts, headers, body, created_at FROM claimed JOIN message ON seq = message ORDER BY seq`,
    values,
  );
  return rows;
}

/** Takes handled messages off the queue. One whose lease ran out and was claimed anew stays: `attempts` tells. */
export async function acknowledge(
  db: Database,
  group: string,
  deliveries: readonly Delivery[],
): Promise<void> {
  await db.query(
    `DELETE FROM delivery USING unnest($2::bigint[], $3::int[]) AS done (message, attempts)
      WHERE delivery.message = done.message AND subscriber = $1 AND delivery.attempts = done.attempts`,
    [group, deliveries.map(({ message }) => message), deliveries.map(({ attempts }) => attempts)],
  );
}

/** Gives a message back, for later; a pause does not count as an attempt. */
export async function giveBack(
  db: Database,
  {
    group,
    delivery,
    verdict,
  }: { group: string; delivery: Delivery; verdict: Exclude<Verdict, { action: 'done' }> },
): Promise<void> {
  const [uncounted, delayMs] = verdict.action === 'pause' ? [1, 0] : [0, verdict.delayMs];
  await db.query(
    `UPDATE delivery SET attempts = attempts - $4, locked_until = '-infinity',
            next_at = clock_timestamp() + $5 * interval '1 ms'
      WHERE message = $1 AND subscriber = $2 AND attempts = $3`,
    [delivery.message, group, delivery.attempts, uncounted, delayMs],
  );
}

export const leaseMs = LEASE_S * 1000;
