// Errors as gRPC has them. What went wrong inside is for the log only.
import { Metadata, type ServiceError as RpcError, type StatusObject, status } from '@grpc/grpc-js';
import { isInfrastructureError } from '../database/infrastructure.ts';
import { type ErrorCode, ServiceError } from '../errors/index.ts';
import { DETAILS_KEY, writeDetails } from './details.ts';

const STATUS = {
  InvalidArgument: status.INVALID_ARGUMENT,
  NotFound: status.NOT_FOUND,
  Conflict: status.ALREADY_EXISTS,
  Unprocessable: status.FAILED_PRECONDITION,
  TooManyRequests: status.RESOURCE_EXHAUSTED,
  Unavailable: status.UNAVAILABLE,
  DeadlineExceeded: status.DEADLINE_EXCEEDED,
  Internal: status.INTERNAL,
} as const satisfies Record<ErrorCode, status>;

const CODES: { readonly [code in status]?: ErrorCode } = {
  ...Object.fromEntries(Object.entries(STATUS).map(([code, number]) => [number, code])),
  // This service asks too often, not whoever asked it.
  [status.RESOURCE_EXHAUSTED]: 'Unavailable',
  [status.OUT_OF_RANGE]: 'InvalidArgument',
  [status.ABORTED]: 'Conflict',
  [status.CANCELLED]: 'Unavailable',
};

const SERVER_ERRORS: { readonly [code in status]?: string } = {
  [status.INTERNAL]: 'Internal server error',
  [status.UNAVAILABLE]: 'Service unavailable',
  [status.DEADLINE_EXCEEDED]: 'Deadline exceeded',
};

/** What a status of another service means here. */
export const codeOf = (code: status): ErrorCode => CODES[code] ?? 'Internal';

/** Whether the fault is this service's, so that its log should say what it was. */
export const isServerError = ({ code }: Pick<StatusObject, 'code'>): boolean => code in SERVER_ERRORS;

/** An ordinary end of a call, which nobody has to look into: its client has gone away, or is to go elsewhere. */
export class Ended extends ServiceError {
  readonly status: status.CANCELLED | status.UNAVAILABLE;

  constructor(code: Ended['status'], message: string) {
    super('Unavailable', message, { retryAfter: 0 });
    this.status = code;
  }
}

/** The status that tells a client of `error`; anything unknown is INTERNAL and says nothing. */
export function statusOf(error: unknown): Pick<RpcError, 'code' | 'details' | 'metadata'> {
  const told = asServiceError(error);
  const code = codeFor(told);
  const details = SERVER_ERRORS[code] ?? told.message;
  const metadata = new Metadata();
  const more = writeDetails(code, { message: details, details: told.details, retryAfter: told.retryAfter });
  if (more) metadata.set(DETAILS_KEY, more);
  return { code, details, metadata };
}

function codeFor(error: ServiceError): status {
  if (error instanceof Ended) return error.status;
  // Another request is in the way for a moment: to clients, what exists already is for ever.
  if (error.code === 'Conflict' && error.retryAfter !== undefined) return status.ABORTED;
  return STATUS[error.code];
}

function asServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  if (isInfrastructureError(error)) return new ServiceError('Unavailable', '', { retryAfter: 1 });
  return new ServiceError('Internal', '');
}
