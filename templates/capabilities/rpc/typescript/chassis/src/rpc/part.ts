import { z } from 'zod';
import type { Part } from '../lifecycle/part.ts';
import { DEPENDENCY } from './client.ts';
import type { Dependency } from './dependency.ts';

/**
 * The services this one calls: declares where they are to be found and closes the connections at the end.
 * List it before the parts that make calls, so that it is stopped after them.
 */
export function calls(clients: readonly { readonly [DEPENDENCY]: Dependency }[]): Part {
  const called = clients.map((client) => client[DEPENDENCY]);
  return {
    name: 'calls',
    env: z.object(Object.assign({}, ...called.map(({ resolver }) => resolver.env))),
    async start(host) {
      await Promise.all(called.map((dependency) => dependency.start(host)));
      return {
        health() {
          const lacking = called.flatMap(({ resolver }) => resolver.health?.() ?? []);
          const unresolved =
            lacking.find(({ status }) => status === 'down') ?? lacking.find(({ status }) => status !== 'up');
          if (unresolved) return unresolved;
          const refused = called.filter(({ guard }) => guard && guard.state !== 'CLOSED');
          if (refused.length === 0) return { status: 'up' };
          return {
            status: 'degraded',
            reason: `no calls of ${refused.map(({ service }) => service).join(', ')}`,
          };
        },
        async stop() {
          await Promise.all(called.map((dependency) => dependency.stop()));
        },
      };
    },
  };
}
