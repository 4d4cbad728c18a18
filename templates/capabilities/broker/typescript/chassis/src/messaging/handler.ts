// A handler is a function of (message, context) that returns what it has to say. It never sees a
// broker: what it returns goes to the outbox in the same transaction as its writes.
import type { Message, MessageType } from '../contract/index.ts';
import type { Tx } from '../database/index.ts';
import type { Logger } from '../telemetry/index.ts';
import type { Envelope } from './envelope.ts';

export interface HandlerContext {
  readonly tx: Tx;
  readonly envelope: Envelope;
  readonly log: Logger;
}

// biome-ignore lint/suspicious/noExplicitAny: messages of different types live in one list.
type Some = Message<any>;

// biome-ignore lint/suspicious/noConfusingVoidType: a handler that has nothing to say returns nothing.
export type Said = Some | readonly Some[] | undefined | void;

// biome-ignore lint/suspicious/noExplicitAny: handlers of different messages live in one list.
export interface Handler<T = any> {
  readonly message: MessageType<T>;
  handle(data: T, context: HandlerContext): Promise<Said>;
}

/** Binds business code to the message type it handles. */
export function handles<T>(
  message: MessageType<T>,
  handle: (data: T, context: HandlerContext) => Promise<Said>,
): Handler<T> {
  return { message, handle };
}
