// The port between messaging and whatever carries messages. An adapter knows a broker and no handler;
// handlers, outbox and inbox know this port and no broker.
import type { Metrics } from '../telemetry/index.ts';
import { within } from '../waiting/index.ts';
import type { Envelope } from './envelope.ts';

/** The most that a publish may take; then its outcome is unknown. Below the limit of an idle transaction, 20 s. */
export const PUBLISH_LIMIT_MS = 10_000;

/** Where a channel leads: one owner's queue for commands and replies, any number of readers for events. */
export interface Channel {
  readonly name: string;
  readonly kind: 'commands' | 'replies' | 'events';
  /** Consumer groups that read it (`<service>-processor`); known to all from the contract, so that a publisher can declare them. */
  readonly groups: readonly string[];
}

export interface OutgoingMessage {
  readonly envelope: Envelope;
  readonly channel: string;
  readonly key: string;
  /** UTF-8 JSON. */
  readonly body: string;
}

/** One confirmed or failed publish, by position. `unknown` may have been published: it is sent again. */
export type PublishOutcome =
  | { readonly status: 'confirmed' }
  | { readonly status: 'unknown'; readonly error: Error }
  | { readonly status: 'refused'; readonly error: Error };

/** A message as it came; nothing of it has been checked yet. */
export interface IncomingMessage {
  readonly channel: string;
  readonly group: string;
  /** Header names are lower case; absent for a foreign message. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The transport knows that it was handed out before: it may be what killed a consumer. */
  readonly redelivered: boolean;
  /** Durable number of attempts including this one, where the transport itself keeps it; else undefined. */
  readonly attempt?: number;
  /** When it first arrived, where that is known. */
  readonly firstSeenAt?: Date;
}

/** What the consumer decided; the transport carries it out. */
export type Verdict =
  | { readonly action: 'done' }
  /** Try again after a delay; only given by consumers of transports that keep attempts themselves. */
  | { readonly action: 'retry'; readonly delayMs: number; readonly reason: string }
  /** The service cannot work now (its database is down): hand out again, count nothing. */
  | { readonly action: 'pause'; readonly reason: string };

export interface DeadLetter {
  readonly id: string;
  readonly channel: string;
  readonly group: string;
  readonly type: string;
  readonly reason: string;
  readonly attempts: number;
  readonly failedAt: string;
  readonly firstSeenAt: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface TransportStatus {
  readonly connected: boolean;
  readonly reason?: string;
  /** The broker is there and lacks what this system needs of it: waiting does not help, and the service is not ready. */
  readonly misconfigured?: boolean;
}

export interface TransportOptions {
  readonly url: string;
  /** Name of the service, for connection names. */
  readonly service: string;
  readonly log: {
    info(o: object, m: string): void;
    warn(o: object, m: string): void;
    error(o: object, m: string): void;
  };
  /** For what only the adapter can measure; a tool has none. */
  readonly metrics?: Metrics;
}

/** A broker, or the embedded default in its place. */
export interface Transport {
  /** Whether deliveries carry a durable `attempt` (else messaging keeps retries in the service's own database). */
  readonly keepsAttempts: boolean;
  /**
   * Connects, and declares the channels where services do, for ever with backoff; returns at once. `status` tells how it
   * goes.
   */
  start(channels: readonly Channel[]): void;
  /** Resolves once the channels are declared. */
  ready(): Promise<void>;
  status(): TransportStatus;
  /** Sends in the given order; answers for every message, in at most PUBLISH_LIMIT_MS. */
  publish(messages: readonly OutgoingMessage[]): Promise<readonly PublishOutcome[]>;
  /** Hands messages to `handle`, at most `prefetch` at a time; survives restarts of the broker. */
  consume(options: {
    channel: string;
    group: string;
    prefetch: number;
    handle: (message: IncomingMessage) => Promise<Verdict>;
  }): Consumer;
  /** Puts a message to the dead letters of its channel and group; resolves when that is durable. */
  deadLetter(letter: DeadLetter): Promise<void>;
  listDeadLetters(options: { channel: string; group: string; limit: number }): Promise<DeadLetter[]>;
  /**
   * Removes the dead letter and, with `replay`, hands the message to its group again (never to other
   * groups), with the same id. Nothing is lost if the process dies in between; a replay may double.
   */
  takeDeadLetter(options: { channel: string; group: string; id: string; replay: boolean }): Promise<boolean>;
  close(): Promise<void>;
}

export interface Consumer {
  /** Takes no new messages; resolves when those in hand are settled. */
  stop(): Promise<void>;
}

/** What an adapter exports: makes a transport that connects when it is started. */
export type TransportFactory = (options: TransportOptions) => Transport;

/** What a broker answers, or an error after `ms`. */
export function answered<T>(ms: number, answer: Promise<T>): Promise<T> {
  return within(ms, answer, 'The broker did not answer');
}
