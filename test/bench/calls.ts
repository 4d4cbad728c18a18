/** What deadline, breaker and discovery take of a call: the call without its exchange against the whole one. */

import { until } from '../e2e/until.ts';
import { comparePrinted, type Databases, end, startCompiled } from './repository.ts';
import { freePort } from './route.ts';
import { type Row, ratioRow } from './table.ts';

/** Runs `programs-discovery/services/order/src/call-times.ts` beside the user service. */
export async function measureCalls(repository: string, { urls }: Databases): Promise<Row> {
  const { user = '', order = '', bus = '' } = urls;
  const port = await freePort();
  const called = await startCompiled(repository, 'services/user/dist/src/main.js', {
    DATABASE_URL: user,
    BROKER_URL: bus,
    REGISTRY_URL: bus,
    PORT: String(port),
    // All requests come from one address.
    RATE_LIMIT: '1000000000',
  });
  try {
    await until(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok, {
      what: () => `the user service is ready:\n${called.output()}`,
      limitMs: 60_000,
    });
    const env = { DATABASE_URL: order, BROKER_URL: bus, REGISTRY_URL: bus, PORT: '0' };
    const comparison = await comparePrinted(repository, 'services/order/dist/src/call-times.js', env);
    const { a, b } = comparison;
    return ratioRow({
      name: 'deadline, breaker and discovery / a call',
      comparison,
      target: { atMost: 0.05 },
      detail: `${(a * 1_000).toFixed(0)} / ${(b * 1_000).toFixed(0)} microseconds`,
    });
  } finally {
    await end(called);
  }
}
