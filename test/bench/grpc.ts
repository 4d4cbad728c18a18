/** What the chassis costs a call: `user.v1.UserService/GetUser` against a bare server of grpc-js. */

import { createConnection } from 'node:net';
import { until } from '../e2e/until.ts';
import { comparePrinted, type Databases, end, startCompiled } from './repository.ts';
import { freePort } from './route.ts';
import { type Row, ratioRow } from './table.ts';

/** Both run at the same time on the same database, and are asked in turn by one client. */
export async function measureGrpc(repository: string, { urls }: Databases): Promise<Row> {
  const { user = '', bus = '' } = urls;
  const ours = await startServer(repository, 'services/user/dist/src/main.js', {
    DATABASE_URL: user,
    BROKER_URL: bus,
    PORT: '0',
  });
  // Only now does its database have its tables.
  const bare = await startServer(repository, 'services/user/dist/src/bare-grpc.js', { DATABASE_URL: user });
  try {
    const addresses = { A_URL: ours.address, B_URL: bare.address };
    const comparison = await comparePrinted(repository, 'services/user/dist/src/grpc-rates.js', addresses);
    const { a, b } = comparison;
    return ratioRow({
      name: 'GetUser over gRPC / bare grpc-js',
      comparison,
      target: { atLeast: 0.8 },
      detail: `${a.toFixed(0)} / ${b.toFixed(0)} calls a second`,
    });
  } finally {
    await Promise.all([ours.stop(), bare.stop()]);
  }
}

async function startServer(repository: string, program: string, env: Readonly<Record<string, string>>) {
  const port = await freePort();
  const server = await startCompiled(repository, program, { ...env, GRPC_PORT: String(port) });
  await until(() => isListening(port), {
    what: () => `${program} listens:\n${server.output()}`,
    limitMs: 60_000,
  });
  return { address: `127.0.0.1:${port}`, stop: () => end(server) };
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
