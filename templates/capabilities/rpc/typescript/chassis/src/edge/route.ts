import type { Operation, OperationHandler, Served } from '../contract/index.ts';

/** One operation and who carries it out. */
export interface Route {
  readonly name: string;
  readonly operation: Operation;
  readonly handler: OperationHandler<unknown, unknown>;
}

/** The routes of an API; throws where an operation has no handler. */
export function routesOf({ api, handlers }: Served): Route[] {
  return Object.entries(api.operations).map(([name, operation]) => {
    const handler = handlers[name];
    if (!handler) throw new Error(`No handler for ${api.service}.${name}`);
    return { name, operation, handler };
  });
}
