import type { ServerResponse } from 'node:http';
import type { Operation, RequestContext } from '../contract/index.ts';
import type { Tx } from '../database/index.ts';
import { deadlineExceeded } from '../errors/index.ts';
import type { Host } from '../lifecycle/part.ts';
import { DEADLINE_HEADER, inheritedDeadline } from '../rpc/deadline.ts';
import { type KeyedRequest, transactionOnce } from './idempotency.ts';
import { type Reply, replyOf } from './reply.ts';

/** Deadline of a request without one, milliseconds: calls it makes end by then. Callers may ask for less. */
const LONGEST_MS = 10_000;

interface RequestParts {
  readonly host: Host;
  readonly operation: Operation;
  readonly keyed: KeyedRequest | undefined;
  readonly deadline: number;
  readonly response: ServerResponse;
}

/** The instant after which nobody waits for the answer; throws DeadlineExceeded when that is now. */
export function deadlineOf(headers: Readonly<Record<string, string | string[] | undefined>>): number {
  const inherited =
    inheritedDeadline(headers[DEADLINE_HEADER] as string | undefined) ?? Number.POSITIVE_INFINITY;
  // Read after the header was: a request with no time left has a deadline of the moment it was read.
  const now = performance.now();
  if (inherited <= now) throw deadlineExceeded('The deadline had passed when the request arrived');
  return Math.min(inherited, now + LONGEST_MS);
}

/**
 * A handler's context, and the answer that its transaction stored under the request's idempotency key. The
 * context has plain properties: what wraps a handler can spread it, and a getter made for every request is slow.
 */
export function contextOf({ host, operation, keyed, deadline, response }: RequestParts): {
  context: RequestContext;
  stored(): Reply | undefined;
} {
  let stored: Reply | undefined;
  const once = async (request: KeyedRequest, work: (tx: Tx) => Promise<unknown>) => {
    if (stored) throw new Error('A request with an idempotency key has one transaction');
    let output: unknown;
    stored = await transactionOnce(host.db, request, async (tx) => {
      output = await work(tx);
      return replyOf(operation, output);
    });
    return output ?? JSON.parse(stored.body);
  };
  const context: RequestContext = {
    log: host.log,
    db: host.db,
    deadline,
    signal: signalOf(response, deadline),
    transaction: (work) => (keyed ? once(keyed, work) : host.db.transaction(work)),
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
