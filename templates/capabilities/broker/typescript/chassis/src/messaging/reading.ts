// From bytes to a message that a handler can trust. Whatever is wrong is said in one line that an operator
// finds beside the dead letter.

import { unkeepable } from '../database/index.ts';
import { type Envelope, fromHeaders, type Headers, unkeepableHeader } from './envelope.ts';
import { PermanentError } from './failure.ts';
import type { Handler } from './handler.ts';
import { contentOf } from './inbox.ts';
import { MAX_PAYLOAD_BYTES } from './outbox.ts';
import type { Channel, IncomingMessage } from './transport.ts';

/** What a foreign message means to us; the same message must give the same id. */
export interface Foreign {
  readonly type: string;
  readonly id: string;
  readonly source: string;
  readonly data: unknown;
}

/** Understands the bare messages of other systems on one channel; undefined for what it does not know. */
export type Ingress = (body: unknown, headers: Headers) => Foreign | undefined;

export interface Received {
  readonly envelope: Envelope;
  readonly data: unknown;
  readonly content: Buffer;
  /** All that handle this type: several parts of a service may wait for the same replies. */
  readonly handlers: readonly Handler[];
}

export interface ReadOptions {
  readonly channel: Channel;
  /** Handlers of this channel, by message type. */
  readonly handlers: ReadonlyMap<string, readonly Handler[]>;
  readonly ingress?: Ingress | undefined;
}

/**
 * Checks a message and finds its handlers; undefined for an event that nobody here cares about.
 * @throws PermanentError with a reason that begins with a code: OVERSIZE, BAD_JSON, MISSING_ID, UNKNOWN_TYPE,
 *   BAD_HEADER, UNSUPPORTED_VERSION, SCHEMA_MISMATCH, BAD_TEXT.
 */
export function readMessage(message: IncomingMessage, options: ReadOptions): Received | undefined {
  const body = parseBody(message);
  const { envelope, data } = identify(body, message, options);
  const handlers = options.handlers.get(envelope.type);
  const contract = handlers?.[0]?.message;
  if (!handlers || !contract) {
    if (options.channel.kind === 'events') return undefined;
    throw new PermanentError(`UNKNOWN_TYPE: nobody here handles "${envelope.type}"`);
  }
  const header = unkeepableHeader(envelope);
  if (header !== undefined) throw new PermanentError(`BAD_HEADER: ${header} has a NUL character`);
  if (envelope.schemaVersion !== contract.version) {
    throw new PermanentError(`UNSUPPORTED_VERSION: ${envelope.schemaVersion}, known is ${contract.version}`);
  }
  const parsed = contract.schema.safeParse(data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new PermanentError(`SCHEMA_MISMATCH: ${issue?.path.join('.') || 'data'}: ${issue?.message}`);
  }
  const text = unkeepable(parsed.data);
  if (text !== undefined) throw new PermanentError(`BAD_TEXT: ${text || 'data'} has a NUL character`);
  return { envelope, data: parsed.data, content: contentOf(envelope.type, data), handlers };
}

function parseBody({ body }: IncomingMessage): unknown {
  if (body.length > MAX_PAYLOAD_BYTES) {
    throw new PermanentError(`OVERSIZE: ${body.length} bytes, at most ${MAX_PAYLOAD_BYTES}`);
  }
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new PermanentError(`BAD_JSON: ${(error as Error).message}`);
  }
}

function identify(body: unknown, { headers }: IncomingMessage, { ingress }: ReadOptions) {
  const envelope = fromHeaders(headers);
  if (envelope) return { envelope, data: body };
  const foreign = ingress?.(body, headers);
  if (!foreign) throw new PermanentError('MISSING_ID: no id or type, and not a known foreign message');
  const { data, ...identity } = foreign;
  return { envelope: { ...foreignEnvelope(headers), ...identity, aggregateId: identity.id }, data };
}

function foreignEnvelope({ traceparent }: Headers): Pick<Envelope, 'schemaVersion' | 'time' | 'traceparent'> {
  return { schemaVersion: 1, time: new Date().toISOString(), ...(traceparent ? { traceparent } : {}) };
}
