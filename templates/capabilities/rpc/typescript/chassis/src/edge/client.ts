// A client from outside, for tests and for tools: it sends a request as it is, once, over whatever its address says.
import type { Api, Operation, OutputOf } from '../contract/index.ts';
import type { Protocol } from '../rpc/index.ts';
import { protocols } from './protocols.ts';

const LIMIT_MS = 10_000;

interface RequestOptions {
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

/** One function for each operation; the input is not checked here, errors are ServiceErrors. */
export type EdgeClient<A extends Api> = {
  readonly [K in keyof A['operations']]: (
    input: object,
    options?: RequestOptions,
  ) => Promise<OutputOf<A['operations'][K]>>;
};

// Their idle connections keep no process from ending.
const loaded = new Map<string, Promise<Protocol>>();

/** A client of `api` at an address such as `http://localhost:3001`; its scheme tells what is spoken. */
export function edge<A extends Api>(address: string | undefined, api: A): EdgeClient<A> {
  const url = new URL(address ?? '');
  const functions = Object.entries(api.operations).map(([name, operation]) => [
    name,
    (input: object, options: RequestOptions = {}) =>
      request(url, { service: api.service, name, operation, input, ...options }),
  ]);
  return Object.fromEntries(functions);
}

interface Request extends RequestOptions {
  readonly service: string;
  readonly name: string;
  readonly operation: Operation;
  readonly input: object;
}

async function request(url: URL, { idempotencyKey, signal, ...request }: Request): Promise<unknown> {
  const protocol = await protocolOf(url);
  const answer = await protocol.send({
    ...request,
    label: `${request.service}.${request.name}`,
    endpoint: { url },
    idempotencyKey,
    limit: LIMIT_MS,
    full: true,
    signal,
  });
  return request.operation.output.parse(answer);
}

function protocolOf({ protocol: scheme, href }: URL): Promise<Protocol> {
  const found = protocols.find((one) => scheme === `${one.scheme}:` || scheme === `${one.scheme}s:`);
  if (!found) throw new Error(`No protocol for ${href}: ${protocols.map((one) => one.scheme).join(', ')}`);
  const protocol = loaded.get(found.scheme) ?? found.load();
  loaded.set(found.scheme, protocol);
  return protocol;
}
