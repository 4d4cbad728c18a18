/** What the chassis costs a request: `GET /api/users/:id` of the user service against a bare Express route. */

import { createServer } from 'node:net';
import { until } from '../e2e/until.ts';
import { requestRate } from './load.ts';
import { compareInTurn } from './pairs.ts';
import { type Databases, end, startCompiled } from './repository.ts';
import { type Row, ratioRow } from './table.ts';

const ROUNDS = 15;
const ROUND_MS = 1_500;

/** Both run at the same time on the same database, and are asked in turn. */
export async function measureRoute(repository: string, { urls }: Databases): Promise<Row> {
  const { user = '', bus = '' } = urls;
  const ours = await startServer(repository, 'services/user/dist/src/main.js', {
    DATABASE_URL: user,
    BROKER_URL: bus,
    // All requests come from one address.
    RATE_LIMIT: '1000000000',
  });
  // Only now does its database have its tables.
  const bare = await startServer(repository, 'services/user/dist/src/bare-route.js', { DATABASE_URL: user });
  try {
    const comparison = await compareInTurn(ROUNDS, {
      a: () => requestRate(ours.url, ROUND_MS),
      b: () => requestRate(bare.url, ROUND_MS),
    });
    const { a, b } = comparison;
    return ratioRow({
      name: 'GET /api/users/:id / bare Express route',
      comparison,
      target: { atLeast: 0.9 },
      detail: `${a.toFixed(0)} / ${b.toFixed(0)} requests a second`,
    });
  } finally {
    await Promise.all([ours.stop(), bare.stop()]);
  }
}

async function startServer(repository: string, program: string, env: Readonly<Record<string, string>>) {
  const port = await freePort();
  const server = await startCompiled(repository, program, { ...env, PORT: String(port) });
  const url = `http://127.0.0.1:${port}/api/users/1`;
  await until(async () => (await fetch(url)).ok, {
    what: () => `${program} answers:\n${server.output()}`,
    limitMs: 60_000,
  });
  return { url, stop: () => end(server) };
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('A listening server has no port.');
  return address.port;
}
