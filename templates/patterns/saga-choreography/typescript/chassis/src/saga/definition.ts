// A saga is a table: which service does each step, and the events that tell how it went. Whoever runs the saga,
// draws it or tests it reads this one table.
import type { z } from 'zod';
import type { Message, MessageKind, MessageType } from '../contract/index.ts';
import {
  type AnyMessage,
  type Outcomes,
  type SagaData,
  settleTable,
  type Table,
  type TableOptions,
} from './table.ts';

/**
 * One step, done by `service` once it was told what `eventsBefore` lists. It is undone when the saga is rejected. All
 * events of one saga must carry the same business key.
 */
export type Step = Outcomes;

// biome-ignore lint/suspicious/noExplicitAny: the event has more fields than the saga is started with, or fewer.
type Announcement = Message<any>;

/**
 * `confirm` belongs to the transaction in which the pivot's success is heard, `reject` to the one in which the saga
 * turns back. What they return is told again until every step that follows from it has answered.
 */
interface SagaOptions<D extends SagaData> extends TableOptions<D, Step, Announcement> {
  /** The events of the initiator: that it has begun, and how it ends. */
  readonly started: MessageType<D>;
  readonly confirmed: AnyMessage;
  readonly rejected: AnyMessage;
}

// biome-ignore lint/suspicious/noExplicitAny: sagas with different data are run by one engine.
export interface SagaDefinition<D extends SagaData = any> extends Table<D, Step, Announcement> {
  readonly started: AnyMessage;
  readonly confirmed: AnyMessage;
  readonly rejected: AnyMessage;
  readonly data: z.ZodType<D>;
}

/** Declares a saga. Throws when the table cannot work, with the step that is wrong. */
export function saga<D extends SagaData>(name: string, options: SagaOptions<D>): SagaDefinition<D> {
  const { started, confirmed, rejected } = options;
  const table = settleTable<D, Step, Announcement, SagaOptions<D>>(name, options, {
    nameOf: ({ succeeded }) => succeeded.type,
    messagesOf,
  });
  for (const event of [started, confirmed, rejected]) {
    if (event.kind === 'event') continue;
    throw new Error(`Saga "${name}": ${event.type} is declared as ${event.kind}, and tells nobody.`);
  }
  return { ...table, data: started.schema };
}

/** What a service has to be told before it does step `index`. */
export function eventsBefore(
  { started, confirmed, steps, pivot }: SagaDefinition,
  index: number,
): AnyMessage[] {
  const earlier = index - 1 === pivot ? undefined : steps[index - 1];
  return [index > pivot ? confirmed : started, ...(earlier ? [earlier.succeeded] : [])];
}

function messagesOf({ succeeded, refused, undone }: Step): [AnyMessage, MessageKind][] {
  const messages = [succeeded, refused, undone].filter((message) => message !== undefined);
  return messages.map((message) => [message, 'event']);
}
