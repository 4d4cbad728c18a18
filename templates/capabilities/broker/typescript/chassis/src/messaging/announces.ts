import type { Message, Served } from '../contract/index.ts';
import type { OperationHandler } from '../contract/serves.ts';
import { enqueue } from './outbox.ts';

/**
 * Makes operations tell what they have done: the event of an operation is sent in the transaction of its handler.
 * An operation that writes nothing has nothing to tell.
 */
export function announces(
  { api, handlers }: Served,
  // biome-ignore lint/suspicious/noExplicitAny: operations of different outputs stand in one record.
  events: Readonly<Record<string, (output: any) => Message<any>>>,
): Served {
  const announcing = Object.entries(events).map(([name, event]) => {
    const handler = handlers[name];
    if (!handler) throw new Error(`"${api.service}" has no operation ${name} that could announce something.`);
    return [name, announcingHandler(handler, event)];
  });
  return { api, handlers: { ...handlers, ...Object.fromEntries(announcing) } };
}

function announcingHandler<I, O>(
  handler: OperationHandler<I, O>,
  event: (output: O) => Message,
): OperationHandler<I, O> {
  return (input, context) =>
    handler(input, {
      ...context,
      transaction: (work) =>
        context.transaction(async (tx) => {
          const output = await work(tx);
          await enqueue(tx, event(output), {});
          return output;
        }),
    });
}
