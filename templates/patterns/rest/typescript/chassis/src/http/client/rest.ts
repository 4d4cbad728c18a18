// REST with JSON: an operation becomes a request, an answer its output or the error that its problem document
// (RFC 9457) tells.
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { ErrorCode } from '../../errors/index.ts';
import { type Attempt, CallError, type Protocol } from '../../rpc/index.ts';
import { currentTraceparent } from '../../telemetry/index.ts';
import { DEADLINE_HEADER } from '../deadline.ts';
import { type Answer, exchange } from './exchange.ts';
import { toRequest } from './request.ts';

// An idle connection is let go before the other end closes it: a service of this system after 65 s, Node's servers
// elsewhere after 5 s. A request on one that is being closed is reset, and must not be repeated unless the operation
// is idempotent.
const CONNECTIONS = { keepAlive: true, timeout: 4_000 };

const CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'InvalidArgument',
  404: 'NotFound',
  409: 'Conflict',
  422: 'Unprocessable',
  // This service asks too often, not whoever asked it.
  429: 'Unavailable',
  502: 'Unavailable',
  503: 'Unavailable',
  504: 'DeadlineExceeded',
};

/** REST over kept-alive connections of its own. */
export function rest(): Protocol {
  const plain = new HttpAgent(CONNECTIONS);
  const secure = new HttpsAgent(CONNECTIONS);
  return {
    schemes: ['http', 'https'],
    async send(attempt) {
      const request = toRequest(attempt.operation, attempt.input);
      const agent = attempt.endpoint.url.protocol === 'https:' ? secure : plain;
      return read(
        await exchange(request, attempt, { agent, headers: headersOf(attempt, request.body) }),
        attempt,
      );
    },
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

function headersOf({ limit, idempotencyKey }: Attempt, body: string | undefined): Record<string, string> {
  const traceparent = currentTraceparent();
  return {
    accept: 'application/json, application/problem+json',
    [DEADLINE_HEADER]: String(Math.floor(limit)),
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
  };
}

/** The JSON of a 2xx answer; throws CallError for any other. */
function read({ status, headers, body }: Answer, { label, full }: Attempt): unknown {
  if (status >= 200 && status < 300) return parse(body);
  const problem = (parse(body) ?? {}) as { detail?: unknown; title?: unknown; errors?: unknown };
  const text = problem.detail ?? problem.title;
  const retryAfter = Number(headers['retry-after'] ?? Number.NaN);
  throw new CallError(
    CODES[status] ?? 'Internal',
    typeof text === 'string' ? text : `${label} answered ${status}`,
    {
      outcome: { kind: 'http', status, full },
      sent: true,
      ...(retryAfter >= 0 ? { retryAfter } : {}),
      ...(Array.isArray(problem.errors) ? { details: problem.errors } : {}),
    },
  );
}

/** Undefined for what is not JSON: an empty body, or a proxy's HTML page. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
