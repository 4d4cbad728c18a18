/** Clients of the shop over both protocols that share nothing with its code but the protos. */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Client, Kind, Request } from './traffic.ts';

/** Longer than anything that is answered takes. */
const limitMs = 10_000;

const kinds: readonly Kind[] = ['read', 'read', 'write', 'keyed write'];

/** Of each user that a request creates: unique, so that creating one twice is refused. */
const userOf = ({ key }: Request) => ({ name: 'N', email: `${key}@traffic.example` });

/** What is said where a user is there already; of a key whose first request is still carried out, by REST too. */
export const isTwice = (reason: string) =>
  reason.startsWith('status 409') || reason.startsWith('ALREADY_EXISTS');

/** Users at `http://host:port`. It repeats no read: whatever stands in front of the instances has to. */
export function usersByRest(address: string): Client {
  return {
    perSecond: 25,
    kinds,
    repeated: ['keyed write'],
    send: (request) =>
      request.kind === 'read'
        ? failureOf(`${address}/api/users/1`)
        : failureOf(`${address}/api/users`, post(request, userOf(request))),
    close: () => {},
  };
}

const order = { userId: '1', item: 'widget', quantity: 1, cardToken: 'tok_visa' };

/** Orders at `http://host:port`, each of which begins a saga. None is repeated: it is to be taken at once. */
export function sagasByRest(address: string): Client {
  return {
    perSecond: 4,
    kinds: ['write', 'keyed write'],
    repeated: [],
    send: (request) => failureOf(`${address}/api/orders`, { ...post(request, order), expected: 202 }),
    close: () => {},
  };
}

/**
 * Orders at `http://host:port`, of users whom the order service asks the user service for. Most are of an unknown one:
 * they cost the call and no saga, of which one machine carries few.
 */
export function ordersByRest(address: string): Client {
  const unknown = { ...order, userId: 'nobody' };
  return {
    perSecond: 25,
    kinds: [...Array<Kind>(8).fill('read'), 'write', 'keyed write'],
    repeated: [],
    send: (request) =>
      request.kind === 'read'
        ? failureOf(`${address}/api/orders`, { ...post(request, unknown), expected: 422 })
        : failureOf(`${address}/api/orders`, post(request, order)),
    close: () => {},
  };
}

function post({ kind, key }: Request, body: object): RequestInit {
  const headers = {
    'content-type': 'application/json',
    ...(kind === 'keyed write' && { 'idempotency-key': key }),
  };
  return { method: 'POST', headers, body: JSON.stringify(body) };
}

/** @param expected status, if it is none of success */
async function failureOf(
  url: string,
  { expected, ...request }: RequestInit & { readonly expected?: number } = {},
): Promise<string | undefined> {
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(limitMs) });
    const text = await response.text();
    const isExpected = expected === undefined ? response.ok : response.status === expected;
    return isExpected ? undefined : `status ${response.status}: ${text}`;
  } catch (error) {
    return String((error as Error).cause ?? error);
  }
}

/** As much of @grpc/grpc-js as is needed here: it belongs to the generated system. */
interface GrpcJs {
  readonly status: Readonly<Record<number, string>>;
  readonly credentials: { createInsecure(): unknown };
  loadPackageDefinition(definition: unknown): {
    readonly user: { readonly v1: { readonly UserService: new (...args: unknown[]) => Stub } };
  };
}

interface Stub {
  getUser: Method;
  createUser: Method;
  listUsers(request: object, options: { readonly deadline: number }): AsyncIterable<unknown>;
  close(): void;
}

type Method = (
  request: object,
  options: { readonly deadline: number },
  done: (error: { readonly code: number; readonly details: string } | null) => void,
) => void;

/**
 * Users at `host:port` by gRPC, over one connection, as grpc-js is without any option: it sends again what a server
 * says it has not read. Reads are repeated, which no proxy can tell from writes here.
 *
 * @param folder the system's root, with its packages and its protos
 */
export function usersByGrpc(folder: string, address: string): Client {
  const { users, status } = userService(folder, address);
  return {
    perSecond: 25,
    kinds,
    repeated: ['read', 'keyed write'],
    send: (request) =>
      new Promise((resolve) => {
        const options = { deadline: Date.now() + limitMs };
        const done: Parameters<Method>[2] = (error) =>
          resolve(error ? `${status[error.code]}: ${error.details}` : undefined);
        if (request.kind === 'read') users.getUser({ id: '1' }, options, done);
        else {
          const idempotencyKey = request.kind === 'keyed write' ? { idempotencyKey: request.key } : {};
          users.createUser({ ...userOf(request), ...idempotencyKey }, options, done);
        }
      }),
    close: () => users.close(),
  };
}

/** A stream whose reader takes its time. */
export interface SlowStream {
  /** The first message has been read, and nothing more is until now. */
  readOn(): void;
  /** @returns how many messages came before the server ended it; rejects with the status of a stream that broke */
  readonly count: Promise<number>;
}

/** Opens a stream of all users at `host:port`, over a connection of its own, and reads one of them. */
export async function streamOfUsers(folder: string, address: string): Promise<SlowStream> {
  const { users } = userService(folder, address);
  const messages = users.listUsers({}, { deadline: Date.now() + 120_000 })[Symbol.asyncIterator]();
  await messages.next();
  let readOn = () => {};
  const resumed = new Promise<void>((resolve) => {
    readOn = resolve;
  });
  const readAll = async () => {
    await resumed;
    let count = 1;
    while (!(await messages.next()).done) count += 1;
    return count;
  };
  return { readOn, count: readAll().finally(() => users.close()) };
}

function userService(folder: string, address: string) {
  const packageOf = createRequire(join(folder, 'chassis/typescript/package.json'));
  const { status, credentials, loadPackageDefinition }: GrpcJs = packageOf('@grpc/grpc-js');
  const definition = packageOf('@grpc/proto-loader').loadSync('user/v1/user.proto', {
    includeDirs: [join(folder, 'contracts/proto')],
  });
  const { UserService } = loadPackageDefinition(definition).user.v1;
  return { users: new UserService(address, credentials.createInsecure()), status };
}
