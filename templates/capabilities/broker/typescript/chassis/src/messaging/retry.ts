// Delayed retries for transports that keep no durable count of attempts. A message waits in the service's own
// database; an attempt is counted before it begins, and each runs alone: what kills the process pays for itself.
import { type Database, NOW } from '../database/index.ts';
import { fullJitter } from '../waiting/index.ts';
import type { Receive } from './consumer.ts';
import type { Headers } from './envelope.ts';
import { type Loop, startLoop } from './loop.ts';
import type { IncomingMessage, TransportOptions, Verdict } from './transport.ts';

/** Longer than handlers take. A handler that outlives it is tried again beside itself, and the inbox decides. */
const LEASE_S = 20;
const POLL_MS = 500;
const PAUSE = { firstMs: 500, longestMs: 5_000 };

interface RetryRow {
  readonly seq: string;
  readonly channel: string;
  readonly consumer: string;
  readonly headers: Headers;
  readonly body: Buffer;
  readonly attempts: number;
  readonly first_seen_at: Date;
}

/** Keeps a message for another attempt; the transport may forget it as soon as this resolves. */
export async function setAside(
  db: Database,
  { channel, group, headers, body, firstSeenAt }: IncomingMessage,
  { attempts, delayMs, reason }: { attempts: number; delayMs: number; reason: string },
): Promise<void> {
  await db.query(
    `INSERT INTO retry (channel, consumer, headers, body, attempts, reason, next_at, first_seen_at)
     VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp() + $7 * interval '1 ms', coalesce($8, clock_timestamp()))`,
    [channel, group, JSON.stringify(headers), body, attempts, reason, delayMs, firstSeenAt],
  );
}

/** Tries what is due again, one message at a time. `receivers` by channel. */
export function startRetries(
  db: Database,
  { receivers, log }: { receivers: ReadonlyMap<string, Receive>; log: TransportOptions['log'] },
): Loop {
  let pauses = 0;
  /** Writes the last verdict. Where the database was away it is done later, so that an outage costs no attempt. */
  let owed: (() => Promise<void>) | undefined;
  const settle = async () => {
    await owed?.();
    owed = undefined;
  };
  return startLoop({
    name: 'retries',
    log,
    pollMs: POLL_MS,
    pass: async () => {
      await settle();
      const row = await claim(db, [...receivers.keys()]);
      const receive = row && receivers.get(row.channel);
      if (!receive) return false;
      const verdict = await receive(toMessage(row));
      pauses = verdict.action === 'pause' ? pauses + 1 : 0;
      owed = () => carryOut(db, row, { verdict, pauseMs: fullJitter(pauses, PAUSE) });
      await settle();
      return verdict.action !== 'pause';
    },
  });
}

async function claim(db: Database, channels: readonly string[]): Promise<RetryRow | undefined> {
  const { rows } = await db.query<RetryRow & Record<string, unknown>>(
    `UPDATE retry SET attempts = attempts + 1, next_at = clock_timestamp() + $2 * interval '1 s'
      WHERE seq = (SELECT seq FROM retry WHERE next_at <= ${NOW} AND channel = ANY($1)
                   ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED)
      RETURNING seq, channel, consumer, headers, body, attempts, first_seen_at`,
    [channels, LEASE_S],
  );
  return rows[0];
}

function toMessage({ channel, consumer, headers, body, attempts, first_seen_at }: RetryRow): IncomingMessage {
  const counted = { attempt: attempts, firstSeenAt: first_seen_at };
  return { channel, group: consumer, headers, body, redelivered: attempts > 1, ...counted };
}

/** Nothing happens when the lease ran out and someone else has claimed the row: `attempts` tells. */
async function carryOut(
  db: Database,
  { seq, attempts }: RetryRow,
  { verdict, pauseMs }: { verdict: Verdict; pauseMs: number },
): Promise<void> {
  if (verdict.action === 'done') {
    await db.query('DELETE FROM retry WHERE seq = $1 AND attempts = $2', [seq, attempts]);
    return;
  }
  const uncounted = verdict.action === 'pause' ? 1 : 0;
  const delayMs = verdict.action === 'pause' ? pauseMs : verdict.delayMs;
  await db.query(
    `UPDATE retry SET attempts = attempts - $3, reason = $4, next_at = clock_timestamp() + $5 * interval '1 ms'
      WHERE seq = $1 AND attempts = $2`,
    [seq, attempts, uncounted, verdict.reason, delayMs],
  );
}
