// The only way to publish. What is to be sent is a row in the caller's transaction: it is sent if and only
// if the transaction commits, by the relay, at least once.
import { randomUUID } from 'node:crypto';
import type { Message } from '../contract/index.ts';
import type { Tx } from '../database/index.ts';
import { currentTraceparent } from '../telemetry/index.ts';
import { type Envelope, toHeaders } from './envelope.ts';
import { PermanentError } from './failure.ts';
import type { Said } from './handler.ts';
import type { Channel } from './transport.ts';

/** Bytes of a payload. Brokers have limits of their own, and refuse later and less clearly. */
export const MAX_PAYLOAD_BYTES = 256 * 1024;

export interface Origin {
  /** Id of the message, for a sender that waits for the answer to it; only for a single one. */
  readonly id?: string;
  /** The message that is being handled: it gives the correlation, the causation and where replies go. */
  readonly cause?: Envelope;
  readonly correlationId?: string | undefined;
  /** Channel on which the sender of commands wants the replies. */
  readonly replyTo?: string | undefined;
  /** RFC 3339; commands are refused after this moment. */
  readonly expiresAt?: string | undefined;
  /** How often this has been said, by a sender that says it until it hears of its effect. */
  readonly attempt?: number | undefined;
}

// One service is one process: these belong to it as its logger does.
const destinations = new Map<string, Channel['kind']>();
const relays = new Set<() => void>();

/** Names the channels that this process may send to; the messaging part does it before anything can be sent. */
export function declareDestinations(channels: readonly Channel[]): void {
  for (const { name, kind } of channels) destinations.set(name, kind);
}

/** Whether a sender may want its answers there: any other channel is not a sender's to choose. */
export const isReplyChannel = (channel: string): boolean => destinations.get(channel) === 'replies';

/** Calls `wake` whenever a transaction that had something to say has committed; returns how to end that. */
export function onEnqueued(wake: () => void): () => void {
  relays.add(wake);
  return () => relays.delete(wake);
}

/** Why nothing can ever be sent like this, or undefined when it can. */
export function refusal({ channel, payload }: { channel: string; payload: string }): string | undefined {
  if (!destinations.has(channel)) return `UNKNOWN_DESTINATION: no channel "${channel}" is declared`;
  const bytes = Buffer.byteLength(payload);
  if (bytes > MAX_PAYLOAD_BYTES) return `OVERSIZE: ${bytes} bytes, at most ${MAX_PAYLOAD_BYTES}`;
  return undefined;
}

/**
 * Sends messages with the caller's transaction. It fails, and the transaction with it, when data does not fit
 * its schema, is larger than 256 KB, or goes to an undeclared channel. The caller has locked the aggregate's
 * row, so that rows of one key commit in the order of their `seq`. A reply that nobody asked for is dropped.
 */
export async function enqueue(tx: Tx, said: Said, origin: Origin): Promise<void> {
  if (!tx.afterCommit) throw new Error('Messages are sent in a transaction: use db.transaction(...).');
  const messages: readonly Message[] = said === undefined ? [] : 'type' in said ? [said] : said;
  if (origin.id !== undefined && messages.length > 1) throw new Error('Several messages cannot share an id.');
  const rows = messages.map((message) => toRow(message, origin)).filter((row) => row !== undefined);
  if (rows.length === 0) return;
  await tx.query(
    `INSERT INTO outbox (id, type, channel, key, headers, payload, traceparent)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::text[], $7::text[])`,
    (['id', 'type', 'channel', 'key', 'headers', 'payload', 'traceparent'] as const).map((column) =>
      rows.map((row) => row[column]),
    ),
  );
  tx.afterCommit(() => {
    for (const wake of relays) wake();
  });
}

function toRow({ type: contract, data, aggregateVersion }: Message, origin: Origin) {
  const { type, kind, version: schemaVersion } = contract;
  const { cause } = origin;
  const channel = kind === 'reply' ? cause?.replyTo : contract.channel;
  if (channel === undefined) return undefined;
  const payload = JSON.stringify(contract.schema.parse(data));
  const refused =
    kind === 'reply' && !isReplyChannel(channel)
      ? `UNKNOWN_DESTINATION: no channel "${channel}" of replies is declared`
      : refusal({ channel, payload });
  if (refused) throw new PermanentError(`${type} cannot be sent. ${refused}`);
  const id = origin.id ?? randomUUID();
  const key = contract.key(data);
  const headers = toHeaders({
    id,
    type,
    schemaVersion,
    time: new Date().toISOString(),
    correlationId: origin.correlationId ?? cause?.correlationId ?? cause?.id,
    causationId: cause?.id,
    aggregateId: key,
    aggregateVersion,
    attempt: origin.attempt,
    ...(kind === 'command' ? commandHeaders(origin) : {}),
  });
  const traceparent = currentTraceparent() ?? cause?.traceparent ?? null;
  return { id, type, channel, key, headers: JSON.stringify(headers), payload, traceparent };
}

const commandHeaders = ({ replyTo, expiresAt }: Origin) => ({ replyTo, expiresAt });
