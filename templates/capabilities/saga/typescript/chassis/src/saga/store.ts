// The rows of a saga. Every instant is the database's own, taken after the row's lock was waited for.
import { NOW, type Tx } from '../database/index.ts';
import { currentTraceparent } from '../telemetry/index.ts';
import type { LogEntry, SagaState } from './decide.ts';
import type { SagaDefinition } from './definition.ts';
import type { Progress } from './status.ts';

export interface SagaId {
  readonly name: string;
  readonly key: string;
}

export interface SagaInstance extends SagaId {
  readonly version: number;
  readonly state: SagaState;
  /** Null once disarmed. */
  readonly deadlineAt: Date | null;
  /** Trace context of its start. */
  readonly traceparent: string | null;
}

/** The status has columns of its own, for operators and sweepers; the rest of the state is the style's. */
interface Row extends Omit<SagaInstance, 'state'>, Progress {
  readonly state: Omit<SagaState, keyof Progress>;
}

const COLUMNS = `name, key, version, traceparent, deadline_at AS "deadlineAt",
  status, attempts, reason, state`;

/** Makes the saga's row; undefined when there is one already. */
export async function insertSaga(
  tx: Tx,
  { name, version, deadlineMs }: SagaDefinition,
  { key, state: { status, attempts, reason, ...state } }: { key: string; state: SagaState },
): Promise<SagaInstance | undefined> {
  const { rows } = await tx.query<Row>(
    `INSERT INTO saga (name, key, version, status, attempts, reason, state, traceparent, deadline_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp() + $9 * interval '1 millisecond')
     ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
    [name, key, version, status, attempts, reason, state, currentTraceparent() ?? null, deadlineMs],
  );
  return rows[0] && toInstance(rows[0]);
}

/** The saga, locked until the transaction ends. */
export async function lockSaga(tx: Tx, { name, key }: SagaId): Promise<SagaInstance | undefined> {
  const { rows } = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM saga WHERE name = $1 AND key = $2 FOR UPDATE`,
    [name, key],
  );
  return rows[0] && toInstance(rows[0]);
}

/** Names and versions, for `unnest`. */
export const columnsOf = (definitions: readonly SagaDefinition[]) => [
  definitions.map(({ name }) => name),
  definitions.map(({ version }) => version),
];

/**
 * The saga whose deadline or retry has been due for longest, locked; one that another transaction has locked is
 * passed over, since that one is deciding about it now.
 */
export async function lockDueSaga(
  tx: Tx,
  definitions: readonly SagaDefinition[],
): Promise<SagaInstance | undefined> {
  const { rows } = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM saga
      WHERE ended_at IS NULL AND LEAST(deadline_at, retry_at) <= ${NOW}
        AND (name, version) IN (SELECT * FROM unnest($1::text[], $2::integer[]))
      ORDER BY LEAST(deadline_at, retry_at) LIMIT 1 FOR UPDATE SKIP LOCKED`,
    columnsOf(definitions),
  );
  return rows[0] && toInstance(rows[0]);
}

/**
 * Keeps the new state; of a saga that has ended not its data, where a secret may be. `retryMs` from now it asks
 * again, up to a half earlier so that sagas spread.
 */
export async function saveSaga(
  tx: Tx,
  { name, key }: SagaId,
  { state, stuck, retryMs }: { state: SagaState; stuck: boolean; retryMs: number | null },
): Promise<void> {
  const { status, attempts, reason, ...rest } = state;
  await tx.query(
    `UPDATE saga SET status = $3, attempts = $4, reason = $5, stuck = $7,
       state = CASE WHEN $3 IN ('CONFIRMED', 'REJECTED') THEN $6::jsonb || '{"data": {}}' ELSE $6::jsonb END,
       deadline_at = CASE WHEN $3 = 'RUNNING' THEN deadline_at END,
       retry_at = clock_timestamp() + $8 * (0.5 + random() / 2) * interval '1 millisecond',
       ended_at = CASE WHEN $3 IN ('CONFIRMED', 'REJECTED') THEN clock_timestamp() END,
       updated_at = clock_timestamp()
      WHERE name = $1 AND key = $2`,
    [name, key, status, attempts, reason, rest, stuck, retryMs],
  );
}

/**
 * Sets a saga that cannot be handled aside for a minute, so that it does not hold back the others. Until its next
 * transition it counts as stuck: nothing but a change of code or data may help.
 */
export async function postponeSaga(tx: Tx, { name, key }: SagaId): Promise<void> {
  await tx.query(
    `UPDATE saga SET stuck = true,
       deadline_at = CASE WHEN deadline_at IS NOT NULL THEN clock_timestamp() + interval '1 minute' END,
       retry_at = CASE WHEN retry_at IS NOT NULL THEN clock_timestamp() + interval '1 minute' END
      WHERE name = $1 AND key = $2`,
    [name, key],
  );
}

/** Adds to what `history` tells. */
export async function appendLog(tx: Tx, { name, key }: SagaId, entries: readonly LogEntry[]): Promise<void> {
  await tx.query(
    `INSERT INTO saga_log (saga, key, service, step, result, reason)
     SELECT $1, $2, service, step, result, reason
       FROM jsonb_to_recordset($3) AS entry (service text, step text, result text, reason text)`,
    [name, key, JSON.stringify(entries)],
  );
}

function toInstance({ status, attempts, reason, state, ...saga }: Row): SagaInstance {
  return { ...saga, state: { status, attempts, reason, ...state } };
}
