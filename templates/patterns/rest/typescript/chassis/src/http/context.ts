import type { ServerResponse } from 'node:http';
import type { Operation, RequestContext } from '../contract/index.ts';
import { deadlineExceeded } from '../errors/index.ts';
import type { Host } from '../lifecycle/part.ts';
import { DEADLINE_HEADER, inheritedDeadline } from '../rpc/deadline.ts';
import { type KeyedRequest, transactionOnce } from './idempotency.ts';
import { type Reply, replyOf } from './reply.ts';

/** Nobody is served longer than this, milliseconds; callers may ask for less. */
const LONGEST_MS = 10_000;

interface ContextOptions {
  readonly host: Host;
  readonly operation: Operation;
  readonly keyed: KeyedRequest | undefined;
  readonly deadline: number;
  readonly response: ServerResponse;
}

/** The instant after which nobody waits for the answer; throws DeadlineExceeded when that is now. */
export function deadlineOf(headers: Readonly<Record<string, string | string[] | undefined>>): number {
  const now = performance.now();
  const inherited =
    inheritedDeadline(headers[DEADLINE_HEADER] as string | undefined) ?? Number.POSITIVE_INFINITY;
  if (inherited <= now) throw deadlineExceeded('The deadline had passed when the request arrived');
  return Math.min(inherited, now + LONGEST_MS);
}

/** A handler's context, and the answer that its transaction stored, if it did. */
export function contextOf({ host, operation, keyed, deadline, response }: ContextOptions): {
  context: RequestContext;
  stored(): Reply | undefined;
} {
  let signal: AbortSignal | undefined;
  let stored: Reply | undefined;
  const context: RequestContext = {
    log: host.log,
    db: host.db,
    deadline,
    // Made when it is asked for: most handlers never do.
    get signal() {
      signal ??= signalOf(response, deadline);
      return signal;
    },
    transaction: async (work) => {
      if (!keyed) return host.db.transaction(work);
      if (stored) throw new Error('A request with an idempotency key has one transaction');
      let output: unknown;
      stored = await transactionOnce(host.db, keyed, async (tx) => {
        output = await work(tx);
        return replyOf(operation, output);
      });
      return output;
    },
  };
  return { context, stored: () => stored };
}

function signalOf(response: ServerResponse, deadline: number): AbortSignal {
  const controller = new AbortController();
  const late = () => controller.abort(deadlineExceeded('The deadline has passed'));
  const timer = setTimeout(late, deadline - performance.now());
  response.once('close', () => {
    clearTimeout(timer);
    if (!response.writableFinished) controller.abort(new Error('The client has gone away'));
  });
  return controller.signal;
}
