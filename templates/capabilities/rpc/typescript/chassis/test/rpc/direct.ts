// A protocol for tests of what is around a protocol: JSON over HTTP, and each end of a request as an outcome.
import { once } from 'node:events';
import { request as http, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { fillPath } from '../../src/edge/index.ts';
import type { ErrorCode } from '../../src/errors/index.ts';
import { type Attempt, CallError, type Outcome, type Protocol } from '../../src/rpc/index.ts';

const CODES: Readonly<Record<number, ErrorCode>> = {
  404: 'NotFound',
  503: 'Unavailable',
  504: 'DeadlineExceeded',
};

export const direct: Protocol = { schemes: ['http'], send, close() {} };

async function send(attempt: Attempt): Promise<unknown> {
  const { endpoint, operation, input, full } = attempt;
  const { path, rest } = fillPath(operation.path, input);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), attempt.limit);
  const signal = AbortSignal.any([late.signal, ...(attempt.signal ? [attempt.signal] : [])]);
  const request = http(new URL(path, endpoint.url), { method: operation.method, signal, agent: false });
  try {
    request.end(operation.method === 'GET' ? undefined : JSON.stringify(rest));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return read(response, { full, answer: await json(response) });
  } catch (error) {
    if (error instanceof CallError) throw error;
    throw lost(error as NodeJS.ErrnoException, attempt, late.signal.aborted);
  } finally {
    clearTimeout(timer);
  }
}

function read(
  { statusCode: status = 0, headers }: IncomingMessage,
  { full, answer }: { full: boolean; answer: unknown },
): unknown {
  if (status < 300) return answer;
  const outcome = { kind: 'http', status, full } as const;
  const retryAfter = Number(headers['retry-after'] ?? 0);
  throw new CallError(CODES[status] ?? 'Internal', 'refused', { outcome, sent: true, retryAfter });
}

function lost({ code }: NodeJS.ErrnoException, { label, signal, full }: Attempt, isLate: boolean): CallError {
  const ends: Outcome = isLate ? { kind: 'timeout', full } : { kind: 'connection' };
  const outcome: Outcome = signal?.aborted ? { kind: 'cancelled' } : ends;
  const error = outcome.kind === 'timeout' ? 'DeadlineExceeded' : 'Unavailable';
  return new CallError(error, `${label}: ${outcome.kind}`, { outcome, sent: code !== 'ECONNREFUSED' });
}
