import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from '../telemetry/index.ts';
import type { Database, Tx } from './tx.ts';

// A connection that hangs keeps its locks and hides its rows from everyone else, so each wait has an
// end. The idle limit is above what a transaction may wait for outside of it.
const ACQUIRE_MS = 5_000;
const LOCK_MS = 10_000;
const STATEMENT_MS = 15_000;
const IDLE_IN_TRANSACTION_MS = 20_000;
// For a server that no longer answers at all: later than its own limit, so that its error comes first.
const ANSWER_MS = 20_000;
const PING_MS = 2_000;

const RETRIED_IN_PLACE = new Set(['40001', '40P01']);
const MAX_ATTEMPTS = 10;

export interface DatabaseOptions {
  /** postgres://user:password@host:port/database */
  readonly url: string;
  /** Most connections open at once; a caller waits at most 5 s for one. */
  readonly max: number;
  readonly log?: Logger;
}

/** Opens a pool of connections; the first one is made when it is needed. */
export function openDatabase({ url, max, log }: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: ACQUIRE_MS,
    lock_timeout: LOCK_MS,
    statement_timeout: STATEMENT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // The same from the server's side: it lets go of a client whose machine is gone.
    options: '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3',
  });
  const lost = (error: Error) => log?.warn({ err: error }, 'database connection lost');
  pool.on('error', lost);

  let closing: Promise<void> | undefined;
  return {
    url,
    query: (text, values) => pool.query(text, values as unknown[]),
    transaction: async (work) => {
      const { result, followUps } = await retryingConflicts(() => inTransaction(pool, work));
      for (const followUp of followUps) runFollowUp(followUp, log);
      return result;
    },
    ping: () => {
      const late = sleep(PING_MS, false, { ref: false });
      const answer = pool.query({ text: 'SELECT 1', query_timeout: PING_MS } as pg.QueryConfig).then(
        () => true,
        () => false,
      );
      // Waiting for a connection counts, too.
      return Promise.race([answer, late]);
    },
    close: () => {
      closing ??= pool.end();
      return closing;
    },
  };
}

/** Repeats work that lost against a concurrent transaction, after a short random delay. */
async function retryingConflicts<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const { code } = error as { code?: string };
      if (attempt === MAX_ATTEMPTS || code === undefined || !RETRIED_IN_PLACE.has(code)) throw error;
      await sleep(Math.random() * Math.min(5 * 2 ** attempt, 500));
    }
  }
}

/** What fails after the commit must not look as if the transaction had. */
function runFollowUp(followUp: () => void, log: Logger | undefined): void {
  try {
    followUp();
  } catch (error) {
    log?.error({ err: error }, 'work after a commit failed');
  }
}

interface Committed<T> {
  readonly result: T;
  readonly followUps: readonly (() => void)[];
}

async function inTransaction<T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<Committed<T>> {
  const client = await pool.connect();
  // A connection that ends while no query runs on it says why only here; the next query merely fails.
  let lost: Error | undefined;
  const onLost = (error: Error) => {
    lost ??= error;
  };
  client.on('error', onLost);
  const followUps: (() => void)[] = [];
  let open = true;
  let broken: Error | undefined;
  const tx: Tx = {
    query: (text, values) =>
      open
        ? client.query(text, values as unknown[])
        : Promise.reject(new Error('The transaction has ended: await every query inside it.')),
    afterCommit: (followUp) => {
      followUps.push(followUp);
    },
  };
  try {
    await client.query('BEGIN');
    const result = await work(tx);
    open = false;
    const { command } = await client.query('COMMIT');
    // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK and no error.
    if (command !== 'COMMIT')
      throw new Error('Nothing was committed: a query failed and its error was ignored.');
    return { result, followUps };
  } catch (error) {
    open = false;
    await client.query('ROLLBACK').catch((rollback: Error) => {
      broken = rollback;
    });
    throw lost ?? error;
  } finally {
    client.off('error', onLost);
    client.release(broken ?? lost);
  }
}
