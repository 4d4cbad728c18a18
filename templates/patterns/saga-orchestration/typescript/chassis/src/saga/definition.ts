// A saga is a table: which command each step sends, what its answers mean and how it is undone. Whoever
// runs the saga, draws it or tests it reads this one table.
import type { z } from 'zod';
import type { MessageKind } from '../contract/index.ts';
import type { Said } from '../messaging/handler.ts';
import {
  type AnyMessage,
  type Outcomes,
  type SagaData,
  settleTable,
  type Table,
  type TableOptions,
} from './table.ts';

/**
 * One step, done by `service`. Its commands take the fields their schemas name from the saga's data, and the
 * data of `succeeded` is merged into it. All commands of one saga must carry the same business key.
 */
export interface Step extends Outcomes {
  readonly call: AnyMessage;
  /** Command that takes the step back, also one that was never done or whose answer is not known. */
  readonly undo?: AnyMessage;
}

/** `confirm` and `reject` belong to the transaction that ends the saga, `reject` once all is undone. */
interface SagaOptions<D extends SagaData> extends TableOptions<D, Step, Said> {
  readonly data: z.ZodType<D>;
}

// biome-ignore lint/suspicious/noExplicitAny: sagas with different data are run by one engine.
export interface SagaDefinition<D extends SagaData = any> extends Table<D, Step, Said> {
  readonly data: z.ZodType<D>;
  /** Channel of the replies. */
  readonly replies: string;
}

/** Declares a saga. Throws when the table cannot work, with the step that is wrong. */
export function saga<D extends SagaData>(name: string, options: SagaOptions<D>): SagaDefinition<D> {
  const halfUndone = options.steps.find((step) => Boolean(step.undo) !== Boolean(step.undone));
  if (halfUndone) {
    throw new Error(
      `Saga "${name}": step ${halfUndone.call.type} needs both undo and undone, or none of them.`,
    );
  }
  const table = settleTable<D, Step, Said, SagaOptions<D>>(name, options, {
    nameOf: ({ call }) => call.type,
    messagesOf,
  });
  return { ...table, replies: `${options.initiator}-replies` };
}

function messagesOf(step: Step): [AnyMessage, MessageKind][] {
  const { call, succeeded, refused, undo, undone } = step;
  const messages: [AnyMessage | undefined, MessageKind][] = [
    [call, 'command'],
    [succeeded, 'reply'],
    [refused, 'reply'],
    [undo, 'command'],
    [undone, 'reply'],
  ];
  return messages.filter((entry): entry is [AnyMessage, MessageKind] => entry[0] !== undefined);
}
