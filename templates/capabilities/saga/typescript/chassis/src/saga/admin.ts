// What an operator sees and does. The tool that asks knows no saga's table, so it leaves a request in the
// database, and the service that runs the saga decides about it.
import { type Database, isInfrastructureError, type Tx } from '../database/index.ts';
import { type SagaContext, transition } from './engine.ts';
import { isEnded, type Status } from './status.ts';
import { columnsOf, lockSaga, type SagaId } from './store.ts';

export type Action = 'retry' | 'skip' | 'abort';

export interface SagaSummary extends SagaId {
  readonly version: number;
  readonly status: Status;
  /** How often it has asked for what is unanswered. */
  readonly attempts: number;
  readonly stuck: boolean;
  readonly reason: string | null;
  readonly startedAt: Date;
}

/** Sagas that match, the oldest first: open ones by default. */
export async function list(
  tx: Tx,
  {
    which = 'open',
    key,
    limit = 100,
  }: { which?: 'open' | 'stuck' | 'all'; key?: string; limit?: number } = {},
): Promise<SagaSummary[]> {
  const { rows } = await tx.query<SagaSummary & Record<string, unknown>>(
    `SELECT name, key, version, status, attempts, stuck, reason, started_at AS "startedAt" FROM saga
      WHERE ($1 = 'all' OR ended_at IS NULL) AND ($1 <> 'stuck' OR stuck) AND ($2::text IS NULL OR key = $2)
      ORDER BY started_at LIMIT $3`,
    [which, key ?? null, limit],
  );
  return rows;
}

/** Asks the service that runs the saga to act on it; returns the request's id. */
export async function request(tx: Tx, { name, key }: SagaId, action: Action): Promise<string> {
  const { rows } = await tx.query<{ id: string }>(
    'INSERT INTO saga_request (saga, key, action) VALUES ($1, $2, $3) RETURNING id',
    [name, key, action],
  );
  if (!rows[0]) throw new Error('The request was not stored.');
  return rows[0].id;
}

/** Undefined while the request waits; then why it was refused, or null when it was done. */
export async function readAnswer(tx: Tx, id: string): Promise<string | null | undefined> {
  const { rows } = await tx.query<{ refusal: string | null }>(
    'SELECT refusal FROM saga_request WHERE id = $1 AND handled_at IS NOT NULL',
    [id],
  );
  return rows[0]?.refusal;
}

/** Takes a request back, so that it does not strike hours later; false when it has been handled. */
export async function withdraw(tx: Tx, id: string): Promise<boolean> {
  const { rowCount } = await tx.query('DELETE FROM saga_request WHERE id = $1 AND handled_at IS NULL', [id]);
  return rowCount === 1;
}

/**
 * Handles the oldest request that waits, in a transaction of its own; false when there is none. One about an open saga
 * whose version this instance does not know is left to another.
 */
export async function handleRequest(db: Database, context: SagaContext): Promise<boolean> {
  let id: string | undefined;
  try {
    return await db.transaction(async (tx) => {
      const { rows } = await tx.query<SagaId & { id: string; action: Action }>(
        `SELECT id, saga AS name, key, action FROM saga_request AS asked WHERE handled_at IS NULL
            AND NOT EXISTS (SELECT FROM saga WHERE name = asked.saga AND key = asked.key AND ended_at IS NULL
                              AND (name, version) NOT IN (SELECT * FROM unnest($1::text[], $2::integer[])))
          ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`,
        columnsOf(context.definitions),
      );
      const [asked] = rows;
      if (!asked) return false;
      id = asked.id;
      await answer(tx, asked.id, await act(tx, context, asked));
      return true;
    });
  } catch (error) {
    if (id === undefined || isInfrastructureError(error)) throw error;
    await answer(db, id, (error as Error).message);
    return true;
  }
}

/** Why it is refused; null when it is done. */
async function act(
  tx: Tx,
  context: SagaContext,
  { action, ...id }: SagaId & { readonly action: Action },
): Promise<string | null> {
  const instance = await lockSaga(tx, id);
  if (!instance) return 'there is no such saga';
  // Nothing can be done, whether its table is still there or not.
  if (isEnded(instance.state)) return `it has ended as ${instance.state.status}`;
  const { ignored } = await transition(tx, context, { instance, event: { type: action } });
  return ignored ?? null;
}

async function answer(tx: Tx, id: string, refusal: string | null): Promise<void> {
  await tx.query('UPDATE saga_request SET handled_at = clock_timestamp(), refusal = $2 WHERE id = $1', [
    id,
    refusal,
  ]);
}
