// The second form of handler, for a command that asks the outside world (a provider's API). No transaction is
// open during the call, and a crash at any point ends in asking again under the same idempotency key:
//   1. transaction: inbox row, `before`, a PENDING row     2. `call`     3. transaction: `after`, its answer, DONE
// Calls about one aggregate are made in the order in which they were asked for. So a compensation that arrives
// while the outcome is in doubt is remembered: its own call waits for that outcome and is made then.
import { type Duration, milliseconds } from '../config/index.ts';
import type { MessageType } from '../contract/index.ts';
import { type Database, NOW, type Tx } from '../database/index.ts';
import { type Logger, withSpan } from '../telemetry/index.ts';
import { fullJitter } from '../waiting/index.ts';
import { type Envelope, fromHeaders, type Headers, toHeaders } from './envelope.ts';
import { CommandFailed, PermanentError, reasonOf } from './failure.ts';
import type { Handler, HandlerContext, Said } from './handler.ts';
import { type Loop, startLoop } from './loop.ts';
import { enqueue } from './outbox.ts';

export const DEFAULT_DEADLINE: Duration = '10s';
const CONCURRENCY = 10;
const POLL_MS = 1_000;
/** For the third step, after the call's own deadline. */
const CONCLUDE_MS = 20_000;
const BACKOFF = { firstMs: 500, longestMs: 60_000 };
/** From this attempt on it is an operator's concern. */
const STUCK_AFTER = 5;

export interface ExternalCall<T, R> {
  /** Writes what is about to happen. What it says answers the command and no call is made; nothing: call. */
  before(data: T, context: HandlerContext): Promise<Said>;
  /**
   * Asks the provider, which must know the idempotency key: the call is repeated until its outcome is known.
   * A refusal by the provider is a result. Throws PermanentError only if certainly nothing was done, ever.
   */
  call(data: T, context: { idempotencyKey: string; signal: AbortSignal }): Promise<R>;
  /** Writes the outcome, guarded by what the row says now: a compensation may have come in between. */
  after(data: T, result: R, context: HandlerContext): Promise<Said>;
  /** Of one call; 10 s by default. A service that stops waits for 15 s, and a longer call is then asked again. */
  readonly deadline?: Duration;
}

// biome-ignore lint/suspicious/noExplicitAny: handlers of different messages live in one list.
export interface CallingHandler<T = any, R = any> extends Handler<T> {
  readonly external: ExternalCall<T, R>;
  /**
   * Until the transaction ends, the outcome of this call waits, and this waits for its outcome. `handle` begins with
   * it; whoever locks a row before `handle` has to begin with it, too, or the two wait for each other.
   */
  lock(context: Pick<HandlerContext, 'tx' | 'envelope'>): Promise<void>;
  /** Called when a call was asked for and the transaction has committed. */
  readonly wakes: Set<() => void>;
}

/** Binds a command to a call of the outside world. */
export function calls<T, R>(message: MessageType<T>, external: ExternalCall<T, R>): CallingHandler<T, R> {
  const wakes = new Set<() => void>();
  const lock: CallingHandler['lock'] = ({ tx, envelope }) => lockCall(tx, keyOf(message, envelope));
  const handle = async (data: T, context: HandlerContext): Promise<Said> => {
    await lock(context);
    const said = await external.before(data, context);
    if (said !== undefined && !(Array.isArray(said) && said.length === 0)) return said;
    const { envelope } = context;
    await request(context.tx, { key: keyOf(message, envelope), message, data, envelope });
    context.tx.afterCommit?.(() => {
      for (const wake of wakes) wake();
    });
  };
  return { message, handle, lock, external, wakes };
}

interface CallRow {
  readonly seq: string;
  readonly key: string;
  readonly type: string;
  readonly data: string;
  readonly attempts: number;
  /** Of the command that asks for it. */
  readonly traceparent: string | null;
}

/** The idempotency key: the same whenever the command comes. */
const keyOf = ({ type }: { type: string }, envelope: Envelope) =>
  `${envelope.correlationId ?? envelope.id}:${type}`;

/** There may be no row yet, so it is the key that is locked. */
async function lockCall(tx: Tx, key: string): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [key]);
}

/** A command that is repeated is asked again under the same key, and the newest one gets the answer. */
async function request<T>(
  tx: Tx,
  { key, message, data, envelope }: { key: string; message: MessageType<T>; data: T; envelope: Envelope },
): Promise<void> {
  await tx.query(
    `INSERT INTO external_call AS c (key, type, subject, headers, data) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (key) DO UPDATE SET headers = excluded.headers, data = excluded.data, state = 'PENDING',
       created_at = CASE c.state WHEN 'PENDING' THEN c.created_at ELSE excluded.created_at END,
       next_at = CASE c.state WHEN 'PENDING' THEN c.next_at ELSE excluded.next_at END`,
    [key, message.type, message.key(data), toHeaders(envelope), JSON.stringify(data)],
  );
}

/** Makes the calls that are due: new ones, and those whose outcome nobody knows. */
export function startExternalCalls(
  db: Database,
  { handlers, log }: { handlers: readonly CallingHandler[]; log: Logger },
): Loop {
  const byType = new Map(handlers.map((handler) => [handler.message.type, handler]));
  const leaseMs = Math.max(...handlers.map(deadlineMs)) + CONCLUDE_MS;
  const inHand = new Set<Promise<void>>();
  const loop = startLoop({
    name: 'external calls',
    log,
    pollMs: POLL_MS,
    pass: async () => {
      if (inHand.size >= CONCURRENCY) return false;
      const row = await claim(db, { types: [...byType.keys()], leaseMs });
      const handler = row && byType.get(row.type);
      if (!handler) return false;
      const work = ask(db, { row, handler, log }).finally(() => {
        inHand.delete(work);
        loop.wake();
      });
      inHand.add(work);
      return true;
    },
  });
  for (const { wakes } of handlers) wakes.add(loop.wake);
  const stop = async () => {
    for (const { wakes } of handlers) wakes.delete(loop.wake);
    await loop.stop();
    await Promise.all(inHand);
  };
  return { ...loop, stop };
}

const deadlineMs = ({ external }: CallingHandler) => milliseconds(external.deadline ?? DEFAULT_DEADLINE);

async function claim(
  db: Database,
  { types, leaseMs }: { types: readonly string[]; leaseMs: number },
): Promise<CallRow | undefined> {
  const { rows } = await db.query<CallRow & Record<string, unknown>>(
    `UPDATE external_call SET attempts = attempts + 1, next_at = clock_timestamp() + $2 * interval '1 ms'
      WHERE seq = (SELECT seq FROM external_call c
                    WHERE state = 'PENDING' AND next_at <= ${NOW} AND type = ANY($1)
                      AND NOT EXISTS (SELECT FROM external_call earlier WHERE earlier.subject = c.subject
                                         AND earlier.state = 'PENDING' AND earlier.seq < c.seq)
                    ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED)
      RETURNING seq, key, type, data, attempts, headers->>'traceparent' AS traceparent`,
    [types, leaseMs],
  );
  return rows[0];
}

interface Asking {
  readonly row: CallRow;
  readonly handler: CallingHandler;
  readonly log: Logger;
}

/** Never throws: what fails is asked again when its lease ends, or sooner. */
async function ask(db: Database, asking: Asking): Promise<void> {
  const { row, handler, log } = asking;
  const { external } = handler;
  const fields = { call: row.key, attempts: row.attempts };
  try {
    const data = JSON.parse(row.data);
    const result = await callOnce(asking, data).catch((error: Error) => {
      if (!(error instanceof PermanentError)) throw error;
      return error;
    });
    if (!(result instanceof PermanentError)) {
      await conclude(db, asking, { state: 'DONE', say: (context) => external.after(data, result, context) });
      return;
    }
    log.error({ ...fields, err: result }, 'External call failed for good');
    const { type } = row;
    const say = async ({ envelope }: HandlerContext) =>
      CommandFailed({ commandId: envelope.id, type, reason: reasonOf(result) });
    await conclude(db, asking, { state: 'FAILED', say });
  } catch (error) {
    const level = row.attempts >= STUCK_AFTER ? 'error' : 'warn';
    log[level]({ ...fields, err: error }, 'Outcome of an external call is not known, it is asked again');
    await postpone(db, row, reasonOf(error)).catch((err) =>
      log.warn({ ...fields, err }, 'Left to its lease'),
    );
  }
}

/** The deadline holds also for a call that does not listen to its signal. */
async function callOnce({ row, handler }: Asking, data: unknown): Promise<unknown> {
  const signal = AbortSignal.timeout(deadlineMs(handler));
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  // Async, so that what it throws at once is a rejection like any other, and `late` is still waited for.
  const work = async () => handler.external.call(data, { idempotencyKey: row.key, signal });
  const links = row.traceparent === null ? [] : [row.traceparent];
  return withSpan(`call for ${row.type}`, { kind: 'client', links }, () => Promise.race([work(), late]));
}

/** Does nothing if the lease ran out and another one has asked since. */
async function conclude(
  db: Database,
  { row, log }: Asking,
  { state, say }: { state: 'DONE' | 'FAILED'; say: (context: HandlerContext) => Promise<Said> },
): Promise<void> {
  await db.transaction(async (tx) => {
    await lockCall(tx, row.key);
    const { rows } = await tx.query<{ headers: Headers }>(
      `SELECT headers FROM external_call WHERE seq = $1 AND attempts = $2 AND state = 'PENDING' FOR UPDATE`,
      [row.seq, row.attempts],
    );
    const envelope = rows[0] && fromHeaders(rows[0].headers);
    if (!envelope) return;
    const said = await say({ tx, envelope, log: log.child({ message: envelope.id, type: row.type }) });
    await enqueue(tx, said, { cause: envelope });
    await tx.query(`UPDATE external_call SET state = $2, data = '' WHERE seq = $1`, [row.seq, state]);
  });
}

async function postpone(db: Database, { seq, attempts }: CallRow, reason: string): Promise<void> {
  await db.query(
    `UPDATE external_call SET reason = $3, next_at = clock_timestamp() + $4 * interval '1 ms'
      WHERE seq = $1 AND attempts = $2 AND state = 'PENDING'`,
    [seq, attempts, reason, fullJitter(attempts, BACKOFF)],
  );
}
