// The errors a caller can act on. Each adapter (HTTP, messaging) maps them to its own form; anything
// else is an internal error and says nothing to the outside.

export type ErrorCode =
  | 'InvalidArgument'
  | 'NotFound'
  | 'Conflict'
  | 'Unprocessable'
  | 'TooManyRequests'
  | 'Unavailable'
  | 'DeadlineExceeded'
  | 'Internal';

/** An error with a meaning for the caller. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: ErrorCode;
  /** Seconds after which a retry is worth trying, where that is known. */
  readonly retryAfter: number | undefined;
  /** Which input was wrong and why, for InvalidArgument. */
  readonly details: readonly { path: string; message: string }[] | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      retryAfter?: number;
      details?: readonly { path: string; message: string }[];
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryAfter = options.retryAfter;
    this.details = options.details;
  }
}

export const invalidArgument = (message: string, details?: readonly { path: string; message: string }[]) =>
  new ServiceError('InvalidArgument', message, details === undefined ? {} : { details });
export const notFound = (message: string) => new ServiceError('NotFound', message);
export const conflict = (message: string) => new ServiceError('Conflict', message);
export const unprocessable = (message: string) => new ServiceError('Unprocessable', message);
export const unavailable = (message: string, retryAfter?: number, cause?: unknown) =>
  new ServiceError('Unavailable', message, { ...(retryAfter === undefined ? {} : { retryAfter }), cause });
export const deadlineExceeded = (message: string) => new ServiceError('DeadlineExceeded', message);
