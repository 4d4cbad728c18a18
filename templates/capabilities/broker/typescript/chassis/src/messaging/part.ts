// Puts messaging together for one service: its relay, its consumers and their retries.
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { duration } from '../config/index.ts';
import type { Host, Part, RunningPart } from '../lifecycle/part.ts';
import { watchBacklog } from './backlog.ts';
import { createReceiver, type Receive, type RetryPolicy } from './consumer.ts';
import { type CallingHandler, startExternalCalls } from './external.ts';
import type { Handler } from './handler.ts';
import { watchHandling } from './handling.ts';
import type { Loop } from './loop.ts';
import { brokerEnv, openTransport } from './open.ts';
import { declareDestinations } from './outbox.ts';
import type { Ingress } from './reading.ts';
import { startRelay } from './relay.ts';
import { checkRetention, messagingPurges, retentionEnv, startPurge } from './retention.ts';
import { startRetries } from './retry.ts';
import type { Channel, Transport } from './transport.ts';

/**
 * Messages that are worked on at once, all channels of the service together. Each takes a connection while its
 * handler runs: with the default pool of 10 some are left for the relay, requests and the health check.
 */
const IN_HAND = 6;
const RETRIES: RetryPolicy = { attempts: 5, firstMs: 1_000, longestMs: 60_000 };

const env = retentionEnv.extend({
  ...brokerEnv.shape,
  /** From how many unsent messages, or from what age of the oldest, writing requests are refused. */
  OUTBOX_MAX_ROWS: z.coerce.number().int().positive().default(100_000),
  OUTBOX_MAX_AGE: duration().default('1h'),
});

export interface MessagingOptions {
  /** All channels of the system, from its contracts. */
  readonly channels: readonly Channel[];
  readonly handlers: readonly Handler[];
  /** By channel: understands bare messages of foreign senders. */
  readonly ingress?: Readonly<Record<string, Ingress>>;
  readonly retries?: RetryPolicy;
}

/** Sends what this service says and handles what is said to it, over the broker that BROKER_URL names. */
export function messaging(options: MessagingOptions): Part {
  return {
    name: 'messaging',
    env,
    migrations: [fileURLToPath(new URL('../../migrations/messaging', import.meta.url))],
    start: async (host) => start(host, options),
  };
}

function start(host: Host, options: MessagingOptions): RunningPart {
  const { service, db, log, metrics } = host;
  const settings = env.parse(host.env);
  // All that can be wrong is found before anything runs.
  checkRetention(settings.INBOX_RETENTION);
  const transport = openTransport({ url: settings.BROKER_URL, service, log, metrics });
  const { receivers, stalled } = watchHandling(createReceivers(host, { ...options, transport }));
  declareDestinations(options.channels);
  transport.start(options.channels);

  const relay = startRelay({ db, transport, service, log, metrics });
  const limits = { rows: settings.OUTBOX_MAX_ROWS, age: settings.OUTBOX_MAX_AGE };
  const backlog = watchBacklog(db, { limits, metrics, log });
  const purge = startPurge(db, { purges: messagingPurges(settings.INBOX_RETENTION), log });
  const group = groupOf(service);
  const prefetch = Math.max(1, Math.floor(IN_HAND / receivers.size));
  const consumers = [...receivers].map(([channel, handle]) =>
    transport.consume({ channel, group, prefetch, handle }),
  );
  const workers = startWorkers(host, { ...options, transport, receivers });
  const loops: readonly Loop[] = [relay, backlog, purge, ...workers];
  return {
    health: () => {
      const { connected, reason = 'broker is away', misconfigured } = transport.status();
      if (connected) return { status: 'up' };
      return { status: misconfigured ? 'down' : 'degraded', reason };
    },
    stalled: () => loops.find((loop) => loop.stalled())?.name ?? stalled(),
    overloaded: backlog.overloaded,
    drain: async () => {
      await Promise.all([...consumers, ...workers].map((each) => each.stop()));
    },
    stop: async () => {
      await Promise.all([relay, backlog, purge].map((loop) => loop.stop()));
      await transport.close();
    },
  };
}

const groupOf = (service: string) => `${service}-processor`;

/** One for each channel that this service's group reads. */
function createReceivers(
  { service, db, log, metrics }: Host,
  { channels, handlers, ingress, retries = RETRIES, transport }: MessagingOptions & { transport: Transport },
): Map<string, Receive> {
  const group = groupOf(service);
  const read = channels.filter(({ groups }) => groups.includes(group));
  const unreachable = handlers.find(({ message }) => !read.some((channel) => carries(channel, message)));
  if (unreachable) {
    throw new Error(
      `"${group}" reads no channel that carries ${unreachable.message.type}, which it handles.`,
    );
  }
  const common = { db, transport, group, retries, log, metrics };
  return new Map(
    read.map((channel) => {
      const carried = byType(handlers.filter(({ message }) => carries(channel, message)));
      const receive = createReceiver({
        ...common,
        channel,
        handlers: carried,
        ingress: ingress?.[channel.name],
      });
      return [channel.name, receive];
    }),
  );
}

function byType(handlers: readonly Handler[]): Map<string, Handler[]> {
  const result = new Map<string, Handler[]>();
  for (const handler of handlers) {
    result.set(handler.message.type, [...(result.get(handler.message.type) ?? []), handler]);
  }
  return result;
}

/** A reply's type names no channel: it comes on the one that its command named. */
function carries({ name, kind }: Channel, { channel, kind: messageKind }: Handler['message']): boolean {
  return messageKind === 'reply' ? kind === 'replies' : channel === name;
}

function startWorkers(
  { db, log }: Host,
  {
    handlers,
    transport,
    receivers,
  }: MessagingOptions & { transport: Transport; receivers: ReadonlyMap<string, Receive> },
): Loop[] {
  const calling = handlers.filter((handler): handler is CallingHandler => 'external' in handler);
  const workers: Loop[] = [];
  if (calling.length > 0) workers.push(startExternalCalls(db, { handlers: calling, log }));
  if (!transport.keepsAttempts && receivers.size > 0) workers.push(startRetries(db, { receivers, log }));
  return workers;
}
