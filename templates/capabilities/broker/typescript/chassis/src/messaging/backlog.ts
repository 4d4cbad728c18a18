// How much waits to be sent, to be tried again, or for an answer of the outside world: for metrics and alerts, and for
// the moment when it is too much.
import { type Duration, milliseconds } from '../config/index.ts';
import type { Database } from '../database/index.ts';
import type { Logger, Metrics } from '../telemetry/index.ts';
import { type Loop, startLoop } from './loop.ts';

const MEASURE_MS = 2_000;
const RETRY_AFTER_S = 30;

export interface BacklogLimits {
  readonly rows: number;
  readonly age: Duration;
}

export interface Backlog extends Loop {
  /** Above the limits: the broker has been away for too long to take on more. */
  overloaded(): { retryAfter: number } | undefined;
}

interface Measured {
  readonly unpublished: number;
  readonly oldest: number;
  readonly parked: number;
  readonly retrying: number;
  readonly calls: number;
  readonly oldestCall: number;
}

export function watchBacklog(
  db: Database,
  { limits, metrics, log }: { limits: BacklogLimits; metrics: Metrics; log: Logger },
): Backlog {
  const unpublished = metrics.gauge('outbox_unpublished', 'Messages that wait to be sent');
  const oldest = metrics.gauge('outbox_oldest_unpublished_seconds', 'Age of the oldest of them');
  const parked = metrics.gauge('outbox_parked', 'Messages the broker will never take');
  const retrying = metrics.gauge('messages_retrying', 'Messages that failed and wait to be tried again');
  const calls = metrics.gauge('external_calls_pending', 'Calls of the outside world whose outcome is open');
  const oldestCall = metrics.gauge('external_calls_oldest_pending_seconds', 'Age of the oldest of them');
  let over = false;
  const loop = startLoop({
    name: 'outbox backlog',
    log,
    pollMs: MEASURE_MS,
    pass: async () => {
      const measured = await measure(db, limits.rows);
      unpublished.set({}, measured.unpublished);
      oldest.set({}, measured.oldest);
      parked.set({}, measured.parked);
      retrying.set({}, measured.retrying);
      calls.set({}, measured.calls);
      oldestCall.set({}, measured.oldestCall);
      over = measured.unpublished > limits.rows || measured.oldest * 1000 > milliseconds(limits.age);
      return false;
    },
  });
  return { ...loop, overloaded: () => (over ? { retryAfter: RETRY_AFTER_S } : undefined) };
}

// What waits behind a parked row of its key waits for an operator: refusing other writes would not help it.
const SENDABLE = `published_at IS NULL AND failed_at IS NULL AND NOT EXISTS (
  SELECT FROM outbox p WHERE p.key = o.key AND p.failed_at IS NOT NULL AND p.seq < o.seq)`;

/** Counts no further than just above `limit`: a backlog must not make its own measuring slow. */
async function measure(db: Database, limit: number): Promise<Measured> {
  const { rows } = await db.query<Measured & Record<string, unknown>>(
    `SELECT (SELECT count(*)::int FROM (SELECT FROM outbox o WHERE ${SENDABLE} LIMIT $1 + 1) AS counted)
              AS unpublished,
            coalesce((SELECT extract(epoch FROM clock_timestamp() - created_at)::float8 FROM outbox o
              WHERE ${SENDABLE} ORDER BY seq LIMIT 1), 0) AS oldest,
            (SELECT count(*)::int FROM outbox WHERE failed_at IS NOT NULL) AS parked,
            (SELECT count(*)::int FROM (SELECT FROM retry LIMIT $1 + 1) AS waiting) AS retrying,
            (SELECT count(*)::int FROM (SELECT FROM external_call WHERE state = 'PENDING' LIMIT $1 + 1) AS pending)
              AS calls,
            coalesce((SELECT extract(epoch FROM clock_timestamp() - min(created_at))::float8
              FROM external_call WHERE state = 'PENDING'), 0) AS "oldestCall"`,
    [limit],
  );
  return rows[0] as Measured;
}
