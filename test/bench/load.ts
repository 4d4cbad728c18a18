/** A client of HTTP that costs less than any server, so that it is the server that is measured. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const CONNECTIONS = 20;
const HEAD_END = '\r\n\r\n';

/** Answers per second to `GET url` on connections that are kept, each with one request at a time. */
export async function requestRate(url: string, milliseconds: number): Promise<number> {
  const { host, hostname, port, pathname } = new URL(url);
  const request = `GET ${pathname} HTTP/1.1\r\nHost: ${host}${HEAD_END}`;
  const sockets = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      await once(socket, 'connect');
      return socket;
    }),
  );
  const begun = performance.now();
  const counts = await Promise.all(sockets.map((socket) => askAgain(socket, request, begun + milliseconds)));
  return (counts.reduce((sum, count) => sum + count, 0) / (performance.now() - begun)) * 1_000;
}

/** Asks until `end`, and counts the answers; any other than 200 is an error. */
function askAgain(socket: Socket, request: string, end: number): Promise<number> {
  let count = 0;
  let received = '';
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => resolve(count));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (!isWhole(received)) return;
      if (!received.startsWith('HTTP/1.1 200 ')) {
        socket.destroy(new Error(`GET was answered with ${received.slice(0, 500)}`));
        return;
      }
      received = '';
      count++;
      if (performance.now() < end) socket.write(request);
      else socket.end();
    });
    socket.write(request);
  });
}

function isWhole(received: string): boolean {
  const head = received.indexOf(HEAD_END);
  if (head < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(received)?.[1];
  return received.length >= head + HEAD_END.length + Number(length);
}
