// A handler is a function of (input, context) that returns the operation's output. It never sees a protocol,
// so it is tested by calling it, and what serves it can be added or exchanged beside it.
import type { Tx } from '../database/index.ts';
import type { Logger } from '../telemetry/index.ts';
import type { Api, InputOf, Operations, OutputOf } from './api.ts';

export interface RequestContext<O = unknown> {
  readonly log: Logger;
  /** For reading; what writes goes through `transaction`. */
  readonly db: Tx;
  /** Instant of the monotonic clock (`performance.now()`) after which nobody waits for the answer. */
  readonly deadline: number;
  /** Aborted when the caller has gone away or the deadline has passed. */
  readonly signal: AbortSignal;
  /**
   * Runs `work` in one transaction and gives what it returns, which is the operation's output: with an idempotency
   * key the answer is stored in that same transaction, so that a repeated request gets it again. Once per request.
   */
  readonly transaction: (work: (tx: Tx) => Promise<O>) => Promise<O>;
}

export type OperationHandler<I, O> = (input: I, context: RequestContext<O>) => Promise<O>;

/** Business code bound to the API it serves, one handler for each operation. */
export interface Served {
  readonly api: Api;
  // biome-ignore lint/suspicious/noExplicitAny: handlers of different shapes live in one record.
  readonly handlers: Readonly<Record<string, OperationHandler<any, any>>>;
}

/** Binds business code to the API it serves. */
export function serves<T extends Operations>(
  api: Api<T>,
  handlers: { readonly [K in keyof T]: OperationHandler<InputOf<T[K]>, OutputOf<T[K]>> },
): Served {
  return { api, handlers };
}
