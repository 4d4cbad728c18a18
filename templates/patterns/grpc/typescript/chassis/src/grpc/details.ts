// What an error tells beside its code, as Google's API guide has it: a google.rpc.Status in the trailer
// `grpc-status-details-bin`, with BadRequest for wrong input and RetryInfo where a time to wait is known.
import protobuf from 'protobufjs';
import type { ServiceError } from '../errors/index.ts';

export const DETAILS_KEY = 'grpc-status-details-bin';

const { root } = protobuf.parse(`
  syntax = "proto3";
  package google.rpc;
  message Any { string type_url = 1; bytes value = 2; }
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message BadRequest {
    message FieldViolation { string field = 1; string description = 2; }
    repeated FieldViolation field_violations = 1;
  }
  message RetryInfo { Duration retry_delay = 1; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }
`);
const [Status, BadRequest, RetryInfo] = ['Status', 'BadRequest', 'RetryInfo'].map((name) =>
  root.lookupType(`google.rpc.${name}`),
) as [protobuf.Type, protobuf.Type, protobuf.Type];
const TYPES = { 'google.rpc.BadRequest': BadRequest, 'google.rpc.RetryInfo': RetryInfo };

export interface Details {
  readonly details?: { path: string; message: string }[];
  /** Seconds. */
  readonly retryAfter?: number;
}

/** The trailer's value; undefined for an error that has nothing to add. */
export function writeDetails(
  code: number,
  { message, details, retryAfter }: Pick<ServiceError, 'message' | 'details' | 'retryAfter'>,
): Buffer | undefined {
  const all: object[] = [];
  if (details) {
    const violations = details.map(({ path, message }) => ({ field: path, description: message }));
    all.push(any('google.rpc.BadRequest', { fieldViolations: violations }));
  }
  if (retryAfter !== undefined) {
    const delay = { seconds: Math.floor(retryAfter), nanos: Math.round((retryAfter % 1) * 1e9) };
    all.push(any('google.rpc.RetryInfo', { retryDelay: delay }));
  }
  return all.length === 0 ? undefined : Buffer.from(encode(Status, { code, message, details: all }));
}

function any(type: keyof typeof TYPES, value: object): object {
  return { typeUrl: `type.googleapis.com/${type}`, value: encode(TYPES[type], value) };
}

const encode = (type: protobuf.Type, value: object) => type.encode(type.fromObject(value)).finish();

/** What the trailer tells; nothing where it is missing or of another make. */
export function readDetails(value: unknown): Details {
  if (!Buffer.isBuffer(value)) return {};
  try {
    const { details } = toObject(Status, value) as { details: { typeUrl: string; value: Buffer }[] };
    return Object.assign({}, ...details.map(readDetail));
  } catch {
    return {};
  }
}

function readDetail({ typeUrl, value }: { typeUrl: string; value: Buffer }): Details {
  const name = typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
  if (name === 'google.rpc.BadRequest') {
    type Violations = { fieldViolations: { field: string; description: string }[] };
    const { fieldViolations } = toObject(BadRequest, value) as Violations;
    return {
      details: fieldViolations.map(({ field, description }) => ({ path: field, message: description })),
    };
  }
  if (name !== 'google.rpc.RetryInfo') return {};
  const { retryDelay } = toObject(RetryInfo, value) as { retryDelay?: { seconds: number; nanos: number } };
  return retryDelay ? { retryAfter: retryDelay.seconds + retryDelay.nanos / 1e9 } : {};
}

const toObject = (type: protobuf.Type, bytes: Uint8Array): object =>
  type.toObject(type.decode(bytes), { longs: Number, defaults: true, arrays: true });
