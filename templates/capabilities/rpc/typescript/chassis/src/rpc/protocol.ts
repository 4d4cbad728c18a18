// The port between a call and the wire. A protocol makes one attempt and tells how it ended; deadlines,
// retries, breaker and bulkhead are the caller's.
import type { Operation } from '../contract/index.ts';
import type { Endpoint } from './resolver.ts';

export interface Attempt {
  /** `user.getUser`: for messages. */
  readonly label: string;
  readonly service: string;
  /** The operation's name in the service's API. */
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly operation: Operation;
  readonly input: unknown;
  /** Only where the operation takes one. */
  readonly idempotencyKey: string | undefined;
  /** Time for it, milliseconds; sent on as the callee's deadline. */
  readonly limit: number;
  /** Whether that is its whole own timeout. */
  readonly full: boolean;
  readonly signal: AbortSignal | undefined;
}

export interface Protocol {
  /** Of the addresses it can reach, the usual one first: `http`, `https`. */
  readonly schemes: readonly string[];
  /** Resolves with the answer, not yet validated; rejects with CallError. */
  send(attempt: Attempt): Promise<unknown>;
  /** Closes all connections. */
  close(): void;
}
