import { createServer } from 'node:net';
import { ToolError } from './interrupt.ts';

/** The first free port from `preferred` on that is not in `taken`. @throws ToolError after a hundred */
export async function freePort(preferred: number, taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (let port = preferred; port < preferred + 100; port++) {
    if (!taken.has(port) && (await isFree(port, '127.0.0.1')) && (await isFree(port, undefined))) return port;
  }
  throw new ToolError(`No free port from ${preferred} to ${preferred + 99}.`);
}

// Both addresses are tried: on some systems one may be taken while the other can still be bound.
function isFree(port: number, host: string | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
