// The path of one call: retry( guard( bulkhead( timeout( attempt ) ) ) ), with the deadline taken once, outside.
import type { Operation } from '../contract/index.ts';
import { deadlineExceeded, ServiceError, unavailable } from '../errors/index.ts';
import { type Logger, withSpan } from '../telemetry/index.ts';
import { LEAST_ATTEMPT } from './deadline.ts';
import type { Dependency } from './dependency.ts';
import { CallError, type Outcome } from './guard.ts';
import type { Attempt } from './protocol.ts';
import type { Endpoint } from './resolver.ts';
import { retrying } from './retry.ts';

/** What a call takes over from the work it is part of. */
export interface CallContext {
  readonly log: Logger;
  /** Instant of the monotonic clock (`performance.now()`) after which nobody waits for the answer. */
  readonly deadline?: number | undefined;
  /** Aborted when the caller gives up. */
  readonly signal?: AbortSignal | undefined;
  /** Repeated with the same key and input, an operation that takes one has its effect once. */
  readonly idempotencyKey?: string | undefined;
}

interface Call {
  readonly name: string;
  readonly operation: Operation;
  readonly input: unknown;
  readonly context: CallContext;
}

/** Makes the call in a span, measures it and validates the answer; rejects with ServiceError. */
export async function call(
  dependency: Dependency,
  { name, operation, input, context }: Call,
): Promise<unknown> {
  const startedAt = performance.now();
  const label = `${dependency.service}.${name}`;
  let result = 'ok';
  try {
    const answer = await withSpan(label, { kind: 'client' }, () =>
      attempts(dependency, { name, operation, input, context }, startedAt),
    );
    return validated(answer, operation, label);
  } catch (error) {
    result = error instanceof ServiceError ? error.code : 'Internal';
    throw error;
  } finally {
    dependency.observe(name, result, (performance.now() - startedAt) / 1_000);
  }
}

function attempts(dependency: Dependency, call: Call, startedAt: number): Promise<unknown> {
  const { service, guard, admit, budget } = dependency;
  const { name, operation, input } = call;
  const { log, signal, deadline: inherited = Number.POSITIVE_INFINITY } = call.context;
  const idempotencyKey = operation.idempotencyKey ? call.context.idempotencyKey : undefined;
  const label = `${service}.${name}`;
  const asked = { label, service, name, operation, input, idempotencyKey };
  const tried: Endpoint[] = [];
  const attempt = async (number: number) => {
    const at = number === 1 ? startedAt : performance.now();
    const limit = Math.min(dependency.timeout, dependency.deadline - (at - startedAt), inherited - at);
    if (limit < LEAST_ATTEMPT) throw deadlineExceeded(`${label}: no time is left for an attempt`);
    if (signal?.aborted) throw unavailable(`${label}: cancelled by the caller`, undefined, signal.reason);
    const full = limit === dependency.timeout;
    const send = () => admit(() => reach(dependency, tried, { ...asked, limit, full, signal }));
    return guard ? guard.execute(send) : send();
  };
  return retrying(attempt, {
    attempts: dependency.attempts,
    idempotent: idempotencyKey !== undefined || (operation.idempotent ?? operation.method === 'GET'),
    deadline: Math.min(startedAt + dependency.deadline, inherited),
    budget,
    signal,
    onRetry: ({ message }, attempt) =>
      log.warn({ dependency: service, operation: name, attempt, error: message }, 'call is repeated'),
  });
}

/** One attempt. The resolver learns how it ended and, for the next one, which endpoints were tried. */
async function reach(
  { resolver, protocol }: Dependency,
  tried: Endpoint[],
  attempt: Omit<Attempt, 'endpoint'>,
): Promise<unknown> {
  const endpoint = resolver.pick(tried);
  tried.push(endpoint);
  let failure: Outcome | undefined;
  try {
    return await protocol.send({ ...attempt, endpoint });
  } catch (error) {
    // Any other error came before something was sent, such as for an input that makes no request.
    failure = error instanceof CallError ? error.outcome : { kind: 'cancelled' };
    if (error instanceof CallError)
      error.isOfOneInstance ||= resolver.hasOther?.(endpoint, error.outcome) ?? false;
    throw error;
  } finally {
    resolver.report(endpoint, failure);
  }
}

/** A tolerant reader: fields the contract does not know are dropped. */
function validated(answer: unknown, operation: Operation, label: string): unknown {
  const parsed = operation.output.safeParse(answer);
  if (parsed.success) return parsed.data;
  const message = `${label}: the answer does not fit the contract`;
  throw new ServiceError('Internal', message, { cause: parsed.error });
}
