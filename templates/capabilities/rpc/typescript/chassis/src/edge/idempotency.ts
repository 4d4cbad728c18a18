// Idempotency keys: a repeated request has its effect once and gets the first one's output, over whichever protocol
// it comes. Key, output and the handler's writes are one transaction, so there is no moment at which one exists
// without the others.
import { createHash } from 'node:crypto';
import { canonical, type Operation } from '../contract/index.ts';
import { type Database, NOW, type Tx } from '../database/index.ts';
import { invalidArgument, ServiceError, unprocessable } from '../errors/index.ts';
import { fillPath } from './path.ts';

// Far above the minutes for which clients go on retrying one request.
const RETENTION = '24 hours';
const PURGE_BATCH = 1_000;
const LOCK_NOT_AVAILABLE = '55P03';

/** A request that carries a key. */
export interface KeyedRequest {
  /** Method and path: the same key elsewhere is another one. */
  readonly scope: string;
  readonly key: string;
  /** Tells whether a repeated request is the same one. */
  readonly hash: string;
}

/** The stored output of a request; an object, so that an output may be anything. */
export interface Stored {
  readonly output: unknown;
}

/** A valid input that came with a key; throws InvalidArgument for one that cannot be a key. */
export function keyedRequest(
  operation: Operation,
  { key, input }: { key: string; input: unknown },
): KeyedRequest {
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw invalidArgument('The idempotency key is not 1 to 255 printable characters');
  }
  const hash = createHash('sha256')
    .update(JSON.stringify(canonical(input)))
    .digest('hex');
  const { path } = fillPath(operation.path, input);
  return { scope: `${operation.method} ${path}`, key, hash };
}

/** What a request gave that was carried out before; Unprocessable if that was another request. */
export async function findStored(db: Tx, { scope, key, hash }: KeyedRequest): Promise<Stored | undefined> {
  const { rows } = await db.query<{ request_hash: string; output: string }>(
    'SELECT request_hash, output FROM idempotency_key WHERE scope = $1 AND key = $2',
    [scope, key],
  );
  const [stored] = rows;
  if (!stored) return undefined;
  if (stored.request_hash !== hash) throw unprocessable('This idempotency key was used for another request');
  return { output: JSON.parse(stored.output) };
}

/**
 * Runs `work` in one transaction that also stores the output it returns. The key is inserted first: a concurrent
 * request with the same key waits for that, then gets the stored output, or Conflict when it waited too long.
 */
export function transactionOnce(
  db: Database,
  request: KeyedRequest,
  work: (tx: Tx) => Promise<unknown>,
): Promise<Stored> {
  const { scope, key, hash } = request;
  return db.transaction(async (tx) => {
    const claimed = await tx
      .query(
        'INSERT INTO idempotency_key (scope, key, request_hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
        [scope, key, hash],
      )
      .catch(asConflict);
    if (claimed.rowCount === 0) return (await findStored(tx, request)) ?? asConflict();
    const output = await work(tx);
    await tx.query('UPDATE idempotency_key SET output = $3 WHERE scope = $1 AND key = $2', [
      scope,
      key,
      JSON.stringify(output),
    ]);
    return { output };
  });
}

// Without an error: the other request's key has been there and is gone.
function asConflict(error?: Error & { code?: string }): never {
  if (error && error.code !== LOCK_NOT_AVAILABLE) throw error;
  throw new ServiceError('Conflict', 'A request with this idempotency key is being carried out', {
    retryAfter: 1,
  });
}

/** Deletes keys that are older than the retention, a batch at a time. */
export async function purgeKeys(db: Database): Promise<void> {
  let deleted: number;
  do {
    const { rowCount } = await db.query(
      `DELETE FROM idempotency_key WHERE (scope, key) IN (
         SELECT scope, key FROM idempotency_key WHERE created_at < ${NOW} - $1::interval
         LIMIT ${PURGE_BATCH} FOR UPDATE SKIP LOCKED)`,
      [RETENTION],
    );
    deleted = rowCount ?? 0;
  } while (deleted === PURGE_BATCH);
}
