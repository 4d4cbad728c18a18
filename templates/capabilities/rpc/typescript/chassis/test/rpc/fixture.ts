// A real HTTP server on loopback and what a client needs to reach it.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { z } from 'zod';
import { api, operation } from '../../src/contract/index.ts';
import type { Host } from '../../src/lifecycle/part.ts';
import {
  type CallContext,
  type Client,
  calls,
  client,
  type Policy,
  type ResolverOf,
} from '../../src/rpc/index.ts';
import type { Logger, Metrics } from '../../src/telemetry/index.ts';
import { direct } from './direct.ts';

const item = z.object({ id: z.string(), name: z.string() });
const example = { id: '1', name: 'One' };

export const ItemApi = api('item', {
  getItem: operation({
    summary: 'Gets one',
    method: 'GET',
    path: '/api/items/:id',
    input: z.object({ id: z.string() }),
    output: item,
    example: { input: { id: '1' }, output: example },
  }),
  listItems: operation({
    summary: 'Lists some',
    method: 'GET',
    path: '/api/items',
    input: z.object({ limit: z.number().optional(), tag: z.array(z.string()).optional() }),
    output: z.array(item),
    example: { input: {}, output: [example] },
  }),
  createItem: operation({
    summary: 'Creates one',
    method: 'POST',
    path: '/api/items',
    input: z.object({ name: z.string() }),
    output: item,
    status: 201,
    example: { input: { name: 'One' }, output: example },
  }),
  keepItem: operation({
    summary: 'Creates one, once for each key',
    method: 'POST',
    path: '/api/kept-items',
    input: z.object({ name: z.string() }),
    output: item,
    idempotencyKey: true,
    example: { input: { name: 'One' }, output: example },
  }),
  renameItem: operation({
    summary: 'Renames one',
    method: 'PUT',
    path: '/api/items/:id',
    input: z.object({ id: z.string(), name: z.string() }),
    output: item,
    idempotent: true,
    example: { input: example, output: example },
  }),
});

export type ItemClient = Client<typeof ItemApi>;

export type Respond = (
  request: IncomingMessage & { body: string },
  response: ServerResponse,
) => void | Promise<void>;

export interface TestServer {
  readonly url: string;
  /** `GET /path` of each request that came, in order. */
  readonly requests: string[];
  connections: number;
  /** How the next requests are answered. */
  respond: Respond;
}

export function json(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export const answerOne: Respond = (_request, response) => json(response, 200, example);
/** Takes the request and breaks the connection. */
export const breakOff: Respond = (request) => {
  request.socket.destroy();
};
/** Takes the request and never answers. */
export const hang: Respond = () => {};

export async function listen(t: TestContext, respond: Respond = answerOne): Promise<TestServer> {
  const http = createServer(async (request, response) => {
    server.requests.push(`${request.method} ${request.url}`);
    let body = '';
    for await (const chunk of request) body += chunk;
    await server.respond(Object.assign(request, { body }), response);
  });
  http.on('connection', () => {
    server.connections += 1;
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  t.after(() => {
    http.closeAllConnections();
    http.close();
  });
  const { port } = http.address() as AddressInfo;
  const server: TestServer = { url: `http://127.0.0.1:${port}`, requests: [], connections: 0, respond };
  return server;
}

/** The address of a port on which nobody listens. */
export async function deadAddress(): Promise<string> {
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  http.close();
  await once(http, 'close');
  return `http://127.0.0.1:${port}`;
}

/** Gives the addresses in turn. */
export function inTurn(...urls: string[]): ResolverOf {
  let picked = 0;
  return () => ({
    env: {},
    async start() {},
    pick: () => ({ url: new URL(urls[picked++ % urls.length] ?? '') }),
    report() {},
    async stop() {},
  });
}

export interface Records {
  readonly logs: { level: string; fields: object; message: string }[];
  readonly gauges: { name: string; labels: object; value: number }[];
  readonly observed: { name: string; labels: object }[];
}

export function hostFor(env: Record<string, string>): Host & { records: Records } {
  const records: Records = { logs: [], gauges: [], observed: [] };
  const write = (level: string) => (fields: object, message: string) =>
    void records.logs.push({ level, fields, message });
  const log: Logger = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: () => log,
  };
  const metrics: Metrics = {
    counter: () => ({ inc() {} }),
    gauge: (name) => ({ set: (labels, value) => void records.gauges.push({ name, labels, value }) }),
    histogram: (name) => ({ observe: (labels) => void records.observed.push({ name, labels }) }),
  };
  const db = {} as Host['db'];
  const state = { ready: async () => true, overload: () => undefined };
  return { service: 'caller', env, db, log, metrics, ...state, records };
}

export interface Started {
  readonly items: ItemClient;
  readonly context: CallContext;
  readonly records: Records;
}

/** A started client of ItemApi, stopped after the test. */
export async function start(t: TestContext, url: string, policy: Partial<Policy> = {}): Promise<Started> {
  const items = client(ItemApi, { protocol: direct, deadline: '5s', ...policy });
  const host = hostFor({ ITEM_URL: url });
  const running = await calls([items]).start(host);
  t.after(() => running.stop?.());
  return { items, context: { log: host.log }, records: host.records };
}

/** Waits, at most two seconds, for a condition; it is asked on each turn of the event loop. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const limit = performance.now() + 2_000;
  while (!condition()) {
    if (performance.now() > limit) throw new Error(`Waited in vain: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Bytes that 400 calls with 100 KB each, 20 at a time, still hold when all have ended; how they end is no matter. */
export async function heldByCalls(call: (text: string) => Promise<unknown>): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const used = async () => {
    // What native code holds is let go of in the turns after that in which its owner is garbage.
    for (let turn = 0; turn < 5; turn++) {
      collectGarbage();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const callSome = async (rounds: number) => {
    for (let round = 0; round < rounds; round++) {
      const texts = Array.from({ length: 20 }, (_, n) => `${round}.${n}`.padEnd(100_000, 'x'));
      await Promise.allSettled(texts.map(call));
    }
  };
  // The first ones load code and open connections.
  await callSome(2);
  const before = await used();
  await callSome(20);
  return (await used()) - before;
}
