import type { ServerResponse } from 'node:http';
import type { Operation, RequestContext } from '../contract/index.ts';
import type { Tx } from '../database/index.ts';
import { deadlineExceeded } from '../errors/index.ts';
import type { Host } from '../lifecycle/part.ts';
import { DEADLINE_HEADER, inheritedDeadline } from '../rpc/deadline.ts';
import type { Logger } from '../telemetry/index.ts';
import { type KeyedRequest, transactionOnce } from './idempotency.ts';
import { type Reply, replyOf } from './reply.ts';

/** Nobody is served longer than this, milliseconds; callers may ask for less. */
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

/** What a request is to its handler. Signal and transaction are made when they are asked for: most never are. */
export class OperationContext implements RequestContext {
  readonly log: Logger;
  readonly db: Tx;
  readonly deadline: number;
  /** The answer that the transaction stored under the request's idempotency key. */
  stored: Reply | undefined;
  readonly #request: RequestParts;
  #signal: AbortSignal | undefined;

  constructor(request: RequestParts) {
    this.log = request.host.log;
    this.db = request.host.db;
    this.deadline = request.deadline;
    this.#request = request;
  }

  get signal(): AbortSignal {
    this.#signal ??= signalOf(this.#request.response, this.deadline);
    return this.#signal;
  }

  // A getter, so that handlers can take it apart: `async (input, { transaction }) => ...`.
  get transaction(): RequestContext['transaction'] {
    const { host, keyed } = this.#request;
    return keyed ? (work) => this.#once(keyed, work) : (work) => host.db.transaction(work);
  }

  async #once(keyed: KeyedRequest, work: (tx: Tx) => Promise<unknown>): Promise<unknown> {
    if (this.stored) throw new Error('A request with an idempotency key has one transaction');
    const { host, operation } = this.#request;
    let output: unknown;
    this.stored = await transactionOnce(host.db, keyed, async (tx) => {
      output = await work(tx);
      return replyOf(operation, output);
    });
    return output;
  }
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
