// What every method does around its work: deadline, cancellation, trace, log, metric.
import { type Metadata, type StatusObject, status } from '@grpc/grpc-js';
import { SpanStatusCode } from '@opentelemetry/api';
import { deadlineOf, type EdgeRequest, logFailure, signalUntil } from '../edge/index.ts';
import { unavailable } from '../errors/index.ts';
import type { Host } from '../lifecycle/part.ts';
import { type Metrics, withSpan } from '../telemetry/index.ts';
import type { OpenCalls } from './calls.ts';
import { Ended, isServerError, statusOf } from './status.ts';

/** What unary calls and streams have in common. */
export interface IncomingCall {
  readonly request: object;
  readonly metadata: Metadata;
  getDeadline(): Date | number;
  on(event: 'cancelled', listener: () => void): unknown;
}

/** Looks at a call before its operation is carried out; `signal` is aborted when nobody waits for that any more. */
export type Check = (call: {
  readonly path: string;
  readonly metadata: Metadata;
  readonly signal: AbortSignal;
}) => void | Promise<void>;

export interface MethodHost extends Host {
  readonly before: readonly Check[];
  readonly duration: ReturnType<Metrics['histogram']>;
  readonly open: OpenCalls;
}

export interface Method {
  /** `<service>.v1.<Service>Service/<Method>`. */
  readonly path: string;
  /** Refused while too much waits to be worked off. */
  readonly writes: boolean;
  /** Longest time that one may take, milliseconds; a caller may ask for less. */
  readonly longest?: number;
  /** Whether it goes on for as long as its client likes, so that nobody waits for its end. */
  readonly endless?: boolean;
}

export type Failure = ReturnType<typeof statusOf>;

/** Does the work of one call; gives the status of its failure, or undefined. */
export async function perform(
  host: MethodHost,
  { path, writes, longest, endless = false }: Method,
  { call, work }: { call: IncomingCall; work: (request: EdgeRequest) => Promise<void> },
): Promise<Failure | undefined> {
  const startedAt = performance.now();
  const traceparent = call.metadata.get('traceparent')[0]?.toString();
  const failure = await withSpan(path, { kind: 'server', traceparent }, async (span) => {
    try {
      const overload = writes && host.overload();
      if (overload) throw unavailable('Too much waits to be worked off', overload.retryAfter);
      const checked = async (request: EdgeRequest) => {
        const { signal } = request;
        for (const check of host.before) await check({ path, metadata: call.metadata, signal });
        signal.throwIfAborted();
        await work(request);
      };
      await untilDeadline(host, { call, longest, endless, work: checked });
      return undefined;
    } catch (error) {
      const told = statusOf(error);
      if (error instanceof Ended) host.log.debug({ status: nameOf(told) }, error.message);
      else if (isServerError(told)) {
        logFailure(host.log, error, { status: nameOf(told) });
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      return told;
    }
  });
  const name = nameOf(failure);
  host.duration.observe({ method: path, status: name }, (performance.now() - startedAt) / 1_000);
  return failure;
}

const nameOf = (failure: Pick<StatusObject, 'code'> | undefined) =>
  status[failure?.code ?? status.OK] ?? 'UNKNOWN';

interface Work {
  readonly call: IncomingCall;
  readonly longest: number | undefined;
  readonly endless: boolean;
  readonly work: (request: EdgeRequest) => Promise<void>;
}

/** Ends at the deadline, or when the caller is gone, whatever the work does about the signal. */
async function untilDeadline({ open }: MethodHost, { call, longest, endless, work }: Work): Promise<void> {
  const deadline = deadlineOf(inherited(call.getDeadline()), longest);
  const handle = { ...signalUntil(deadline), endless };
  const { signal } = handle;
  call.on('cancelled', () => handle.abort(new Ended(status.CANCELLED, 'The client has gone away')));
  open.add(handle);
  const ended = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  ended.catch(() => {}); // It is told where it is waited for.
  const { idempotencyKey: key, ...raw } = call.request as { idempotencyKey?: string };
  try {
    await Promise.race([work({ raw, key, deadline, signal }), ended]);
  } finally {
    handle.end();
    open.delete(handle);
  }
}

/** gRPC has a time of the wall clock, made from the remaining time when the call arrived. */
function inherited(deadline: Date | number): number | undefined {
  const at = Number(deadline);
  return Number.isFinite(at) ? performance.now() + at - Date.now() : undefined;
}
