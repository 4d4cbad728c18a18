// Idempotency-Key: a repeated request has its effect once and gets the first one's answer. Key, answer and the
// handler's writes are one transaction, so there is no moment at which one exists without the others.
import { createHash } from 'node:crypto';
import type { Request } from 'express';
import type { Database, Tx } from '../database/index.ts';
import { conflict, invalidArgument, unprocessable } from '../errors/index.ts';
import { canonical } from './canonical.ts';
import type { Reply } from './reply.ts';

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

/** The request's key, if it has one; throws InvalidArgument for one that cannot be a key. */
export function keyedRequest(request: Request, input: unknown): KeyedRequest | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw invalidArgument('Idempotency-Key is not 1 to 255 printable characters');
  }
  const hash = createHash('sha256')
    .update(JSON.stringify(canonical(input)))
    .digest('hex');
  return { scope: `${request.method} ${request.path}`, key, hash };
}

/** The stored answer of a request that was carried out before; Unprocessable if that was another request. */
export async function findReply(db: Tx, { scope, key, hash }: KeyedRequest): Promise<Reply | undefined> {
  const { rows } = await db.query<Reply & { request_hash: string }>(
    'SELECT request_hash, status, location, body FROM idempotency_key WHERE scope = $1 AND key = $2',
    [scope, key],
  );
  const [stored] = rows;
  if (!stored) return undefined;
  if (stored.request_hash !== hash) throw unprocessable('This Idempotency-Key was used for another request');
  return { status: stored.status, location: stored.location ?? undefined, body: stored.body };
}

/**
 * Runs `work` in one transaction that also stores the answer it returns. The key is inserted first: a concurrent
 * request with the same key waits for that, then gets the stored answer, or Conflict when it waited too long.
 */
export function transactionOnce(
  db: Database,
  request: KeyedRequest,
  work: (tx: Tx) => Promise<Reply>,
): Promise<Reply> {
  const { scope, key, hash } = request;
  return db.transaction(async (tx) => {
    const claimed = await tx
      .query(
        'INSERT INTO idempotency_key (scope, key, request_hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
        [scope, key, hash],
      )
      .catch(asConflict);
    if (claimed.rowCount === 0) return (await findReply(tx, request)) ?? asConflict();
    const reply = await work(tx);
    await tx.query(
      'UPDATE idempotency_key SET status = $3, location = $4, body = $5 WHERE scope = $1 AND key = $2',
      [scope, key, reply.status, reply.location ?? null, reply.body],
    );
    return reply;
  });
}

// Without an error: the other request's key has been there and is gone.
function asConflict(error?: Error & { code?: string }): never {
  if (error && error.code !== LOCK_NOT_AVAILABLE) throw error;
  throw conflict('A request with this Idempotency-Key is being carried out');
}

/** Deletes keys that are older than the retention, a batch at a time. */
export async function purgeKeys(db: Database): Promise<void> {
  let deleted: number;
  do {
    const { rowCount } = await db.query(
      `DELETE FROM idempotency_key WHERE (scope, key) IN (
         SELECT scope, key FROM idempotency_key WHERE created_at < clock_timestamp() - $1::interval
         LIMIT ${PURGE_BATCH} FOR UPDATE SKIP LOCKED)`,
      [RETENTION],
    );
    deleted = rowCount ?? 0;
  } while (deleted === PURGE_BATCH);
}
