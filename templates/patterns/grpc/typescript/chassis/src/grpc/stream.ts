// Streams of a handler that knows nothing of streams: it is called for page after page, or again and again until what
// it shows is settled. It is not called before the client has taken what came before.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type handleServerStreamingCall, type ServerWritableStream, status } from '@grpc/grpc-js';
import { perform as answer, deadlineOf, type EdgeRequest, type Route } from '../edge/index.ts';
import { about } from '../waiting/index.ts';
import { LONGEST_STREAM_MS, LONGEST_WATCH_MS } from './limits.ts';
import { type Method, type MethodHost, perform } from './method.ts';
import { Ended } from './status.ts';

/** Until the next look; each that shows nothing new makes it longer. */
const LOOK_AGAIN = { firstMs: 250, longestMs: 2_000 };

type Source = (host: MethodHost, route: Route, request: EdgeRequest) => AsyncIterable<object>;

/** One request, many answers. */
export function streaming(
  host: MethodHost,
  method: Method,
  { route, source }: { route: Route; source: Source },
): handleServerStreamingCall<object, object> {
  return async (call) => {
    const failure = await perform(
      host,
      { ...method, longest: LONGEST_STREAM_MS },
      {
        call,
        work: async (request) => {
          for await (const item of source(host, route, request)) await write(call, item, request.signal);
        },
      },
    );
    if (failure) call.emit('error', failure);
    else call.end();
  };
}

async function write(
  call: ServerWritableStream<object, object>,
  item: object,
  signal: AbortSignal,
): Promise<void> {
  if (!call.write(item)) await once(call, 'drain', { signal });
}

/** The items of all pages. */
export async function* allPages(host: MethodHost, route: Route, request: EdgeRequest): AsyncIterable<object> {
  const { pages = '' } = route.operation;
  const raw = request.raw as { after?: string };
  let { after } = raw;
  for (;;) {
    const output = (await step(host, route, { ...request, raw: { ...raw, after } })) as Record<
      string,
      { id: string }[]
    >;
    const items = output[pages] ?? [];
    yield* items;
    if (items.length === 0) return;
    after = items.at(-1)?.id;
  }
}

/** The answer now, and again whenever it has changed, until it is settled; UNAVAILABLE: ask again, at once. */
export async function* changes(host: MethodHost, route: Route, request: EdgeRequest): AsyncIterable<object> {
  const end = performance.now() + LONGEST_WATCH_MS;
  let last = '';
  let waitMs = LOOK_AGAIN.firstMs;
  for (;;) {
    const output = (await step(host, route, request)) as object;
    const text = JSON.stringify(output);
    waitMs = text === last ? Math.min(LOOK_AGAIN.longestMs, 1.5 * waitMs) : LOOK_AGAIN.firstMs;
    if (text !== last) yield output;
    last = text;
    if (route.operation.watch?.settled(output)) return;
    if (performance.now() > end) throw new Ended(status.UNAVAILABLE, 'Watched for long: watch again');
    await sleep(about(waitMs), undefined, { signal: request.signal });
  }
}

/** Each call of the handler has the deadline of a single request. */
function step(host: MethodHost, route: Route, { deadline, ...request }: EdgeRequest): Promise<unknown> {
  return answer(host, route, { ...request, deadline: deadlineOf(deadline) });
}
