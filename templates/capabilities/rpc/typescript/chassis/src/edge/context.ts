import type { Operation, RequestContext } from '../contract/index.ts';
import type { Tx } from '../database/index.ts';
import { deadlineExceeded } from '../errors/index.ts';
import type { Host } from '../lifecycle/part.ts';
import { type KeyedRequest, type Stored, transactionOnce } from './idempotency.ts';

/** Deadline of a request without one, milliseconds: calls it makes end by then. Callers may ask for less. */
const LONGEST_MS = 10_000;

interface RequestParts {
  readonly host: Host;
  readonly operation: Operation;
  readonly keyed: KeyedRequest | undefined;
  readonly deadline: number;
  readonly signal: AbortSignal;
}

/**
 * The instant after which nobody waits for the answer of a request that came with `inherited`, or with none, at most
 * `longest` milliseconds from now; throws DeadlineExceeded when that is now.
 */
export function deadlineOf(inherited = Number.POSITIVE_INFINITY, longest = LONGEST_MS): number {
  // Read after the deadline was: a request with no time left has one of the moment it was read.
  const now = performance.now();
  if (inherited <= now) throw deadlineExceeded('The deadline had passed when the request arrived');
  return Math.min(inherited, now + longest);
}

/** The signal of one request: `abort` it when the caller is gone, `end` it when the request has been answered. */
export interface RequestSignal {
  readonly signal: AbortSignal;
  abort(reason: Error): void;
  end(): void;
}

/** A signal that is aborted at the deadline. */
export function signalUntil(deadline: number): RequestSignal {
  const controller = new AbortController();
  const late = () => controller.abort(deadlineExceeded('The deadline has passed'));
  const timer = setTimeout(late, deadline - performance.now());
  return {
    signal: controller.signal,
    abort(reason) {
      clearTimeout(timer);
      controller.abort(reason);
    },
    end: () => clearTimeout(timer),
  };
}

/**
 * A handler's context, and the output that its transaction stored under the request's idempotency key. The context
 * has plain properties: what wraps a handler can spread it, and a getter made for every request is slow.
 */
export function contextOf({ host, operation, keyed, deadline, signal }: RequestParts): {
  context: RequestContext;
  stored(): Stored | undefined;
} {
  let stored: Stored | undefined;
  const once = async (request: KeyedRequest, work: (tx: Tx) => Promise<unknown>) => {
    if (stored) throw new Error('A request with an idempotency key has one transaction');
    stored = await transactionOnce(host.db, request, async (tx) => operation.output.parse(await work(tx)));
    return stored.output;
  };
  const context: RequestContext = {
    log: host.log,
    db: host.db,
    deadline,
    signal,
    transaction: (work) => (keyed ? once(keyed, work) : host.db.transaction(work)),
  };
  return { context, stored: () => stored };
}
