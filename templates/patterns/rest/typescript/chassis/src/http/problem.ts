// Which problem tells a client of an error. What went wrong inside is for the log only.
import { STATUS_CODES } from 'node:http';
import { isInfrastructureError } from '../database/infrastructure.ts';
import { type ErrorCode, ServiceError } from '../errors/index.ts';
import type { Problem } from '../lifecycle/problem.ts';

export const STATUS = {
  InvalidArgument: 400,
  NotFound: 404,
  Conflict: 409,
  Unprocessable: 422,
  TooManyRequests: 429,
  Internal: 500,
  Unavailable: 503,
  DeadlineExceeded: 504,
} as const satisfies Record<ErrorCode, number>;

const SERVER_ERRORS: Readonly<Record<number, string>> = {
  500: 'Internal server error',
  503: 'Service unavailable',
  504: 'Deadline exceeded',
};

// What Express's body parser calls its errors.
const BODY_ERRORS: Readonly<Record<string, string>> = {
  'entity.parse.failed': 'The body is not valid JSON',
  'entity.too.large': 'The body is larger than 100 KB',
};

/** The problem that tells a client of `error`; anything unknown is 500 and says nothing. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ServiceError) {
    const { code, message, details: errors, retryAfter } = error;
    const status = STATUS[code];
    return { status, error: SERVER_ERRORS[status] ?? message, ...(errors ? { errors } : {}), retryAfter };
  }
  if (isInfrastructureError(error)) return serverProblem(503, 1);
  const { status = 500, type = '' } = (error ?? {}) as { status?: number; type?: string };
  if (!(status >= 400 && status < 500)) return serverProblem(500);
  return { status, error: BODY_ERRORS[type] ?? STATUS_CODES[status] ?? 'Bad request' };
}

function serverProblem(status: number, retryAfter?: number): Problem {
  return { status, error: SERVER_ERRORS[status] ?? '', retryAfter };
}
