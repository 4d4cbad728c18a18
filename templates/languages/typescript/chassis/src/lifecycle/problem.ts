// Errors over HTTP as clients see them: RFC 9457 problem documents.
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { ServiceError } from '../errors/index.ts';

export interface Problem {
  readonly status: number;
  /** One sentence for the client. */
  readonly error: string;
  /** Which input was wrong and why. */
  readonly errors?: ServiceError['details'];
  /** Seconds, for the header Retry-After. */
  readonly retryAfter?: number | undefined;
}

/** Answers with a problem document; `detail` is RFC 9457's name for what `error` says. */
export function sendProblem(response: ServerResponse, { status, error, errors, retryAfter }: Problem): void {
  const body = JSON.stringify({
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    detail: error,
    error,
    ...(errors ? { errors } : {}),
  });
  if (retryAfter !== undefined) response.setHeader('Retry-After', Math.max(1, Math.ceil(retryAfter)));
  response.writeHead(status, {
    'Content-Type': 'application/problem+json',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}
