import type { Api, InputOf, OutputOf } from '../contract/index.ts';
import { type CallContext, call } from './call.ts';
import { type Dependency, dependency } from './dependency.ts';
import type { Policy } from './policy.ts';

/** Key of what the host needs of a client; a symbol, as an operation may have any name. */
export const DEPENDENCY: unique symbol = Symbol('dependency');

/** One function for each operation; it rejects with ServiceError: NotFound, Unavailable, DeadlineExceeded... */
export type Client<A extends Api> = {
  readonly [K in keyof A['operations']]: (
    input: InputOf<A['operations'][K]>,
    context: CallContext,
  ) => Promise<OutputOf<A['operations'][K]>>;
} & { readonly [DEPENDENCY]: Dependency };

/** A typed client of `api`. It works once it is started: list it in `calls([...])`. */
export function client<A extends Api>(api: A, policy: Policy): Client<A> {
  const called = dependency(api.service, policy);
  const functions = Object.entries(api.operations).map(([name, operation]) => [
    name,
    (input: unknown, context: CallContext) => call(called, { name, operation, input, context }),
  ]);
  return { ...Object.fromEntries(functions), [DEPENDENCY]: called };
}
