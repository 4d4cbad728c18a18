// What happens to a message that arrives: inbox row, handler and outgoing rows in one transaction, and only
// then the acknowledgement. A failure is retried, put to the dead letters, or waited out, by its class.
import { createHash } from 'node:crypto';
import { type Database, keepable } from '../database/index.ts';
import { type Logger, type Metrics, withSpan } from '../telemetry/index.ts';
import { fullJitter } from '../waiting/index.ts';
import { type Envelope, fromHeaders, unkeepableHeader } from './envelope.ts';
import { CommandFailed, classify, PermanentError, reasonOf } from './failure.ts';
import { recordMessage } from './inbox.ts';
import { enqueue, isReplyChannel } from './outbox.ts';
import { type ReadOptions, type Received, readMessage } from './reading.ts';
import { setAside } from './retry.ts';
import type { IncomingMessage, Transport, Verdict } from './transport.ts';

export interface RetryPolicy {
  /** How often a message is tried before it goes to the dead letters. */
  readonly attempts: number;
  /** The delay before the n-th retry is random below `firstMs` * 4^(n-1), and below `longestMs`. */
  readonly firstMs: number;
  readonly longestMs: number;
}

export interface ReceiverOptions extends ReadOptions {
  readonly db: Database;
  readonly transport: Pick<Transport, 'deadLetter'>;
  /** Consumer group. */
  readonly group: string;
  readonly retries: RetryPolicy;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export type Receive = (message: IncomingMessage) => Promise<Verdict>;

const DONE: Verdict = { action: 'done' };

/** Makes what a transport hands its messages to; it never throws. */
export function createReceiver(options: ReceiverOptions): Receive {
  const { db, channel, log, metrics } = options;
  const outcomes = metrics.counter('messages_received_total', 'Messages by what became of them', [
    'channel',
    'outcome',
  ]);
  const duration = metrics.histogram('message_handling_seconds', 'Time to handle a message', ['channel']);
  const count = (outcome: string) => outcomes.inc({ channel: channel.name, outcome });

  async function receive(message: IncomingMessage): Promise<Verdict> {
    // It may be what killed its consumer: it is tried alone, so that no neighbour pays for it.
    if (message.attempt === undefined && message.redelivered) {
      await setAside(db, message, { attempts: 0, delayMs: 0, reason: 'redelivered' });
      return DONE;
    }
    try {
      failIfExhausted(message, options.retries);
      const received = readMessage(message, options);
      const begin = performance.now();
      count(received ? await handleOnce(received, options) : 'skipped');
      duration.observe({ channel: channel.name }, (performance.now() - begin) / 1000);
      return DONE;
    } catch (error) {
      return settleFailure(message, error);
    }
  }

  async function settleFailure(message: IncomingMessage, error: unknown): Promise<Verdict> {
    const failure = classify(error);
    if (failure === 'infrastructure') throw error;
    const reason = reasonOf(error);
    const { attempts: limit, firstMs, longestMs } = options.retries;
    const attempts = message.attempt ?? 1;
    const fields = {
      channel: channel.name,
      message: message.headers.id,
      type: message.headers.type,
      attempts,
    };
    if (failure === 'elsewhere') {
      log.warn({ ...fields, reason }, 'Message waits for an instance that can handle it');
      if (message.attempt !== undefined) throw error;
      // A broker would leave it with this instance; from the database any of them takes it.
      count('retried');
      await setAside(db, message, { attempts: 0, delayMs: firstMs, reason });
      return DONE;
    }
    if (failure === 'permanent' || attempts >= limit) {
      log.error({ ...fields, err: error }, 'Message cannot be handled');
      count(await giveUp(message, { reason, attempts }, options));
      return DONE;
    }
    const delayMs = Math.ceil(fullJitter((attempts - 1) * 2, { firstMs, longestMs }));
    log.warn({ ...fields, err: error, delayMs }, 'Message is tried again later');
    count('retried');
    if (message.attempt !== undefined) return { action: 'retry', delayMs, reason };
    await setAside(db, message, { attempts, delayMs, reason });
    return DONE;
  }

  return (message) =>
    receive(message).catch((error: unknown) => {
      count('paused');
      return { action: 'pause', reason: reasonOf(error) };
    });
}

/** An attempt that was begun and never ended: the process did. */
function failIfExhausted({ attempt = 1 }: IncomingMessage, { attempts }: RetryPolicy): void {
  if (attempt > attempts) throw new PermanentError(`ATTEMPTS_EXHAUSTED: no end of ${attempts} attempts`);
}

async function handleOnce(
  { envelope, data, content, handlers }: Received,
  { db, group, log, channel }: ReceiverOptions,
): Promise<'handled' | 'duplicate' | 'expired'> {
  const { id, source, type, correlationId, aggregateId, traceparent } = envelope;
  const ids = {
    message: id,
    type,
    key: aggregateId,
    ...(correlationId ? { correlation: correlationId } : {}),
  };
  const logger = log.child(ids);
  const attributes = { 'messaging.destination.name': channel.name, 'messaging.message.id': id };
  return withSpan(`process ${type}`, { kind: 'consumer', traceparent, attributes }, async () => {
    const outcome = await db.transaction(async (tx) => {
      const now = await recordMessage(tx, { consumer: group, source, id, content });
      if (!now) return 'duplicate';
      if (isExpired(envelope, now)) return 'expired';
      for (const handler of handlers) {
        const said = await handler.handle(data, { tx, envelope, log: logger });
        await enqueue(tx, said, { cause: envelope });
      }
      return 'handled';
    });
    logger.info({ outcome }, 'message handled');
    return outcome;
  });
}

/** Whether the time is over in which its sender waits for an answer: nobody is told, and nothing is amiss. */
function isExpired({ expiresAt }: Envelope, now: Date): boolean {
  if (expiresAt === undefined) return false;
  const end = Date.parse(expiresAt);
  if (Number.isNaN(end)) throw new PermanentError(`BAD_TIME: expires-at is "${expiresAt}"`);
  return end <= now.getTime();
}

interface Failure {
  readonly reason: string;
  readonly attempts: number;
}

/**
 * Puts a message to the dead letters and answers a sender that waits. After a crash between the two, both happen again.
 * Of a message that its sender repeats until it succeeds only the first copy is put there; the others are only answered.
 * A command whose headers cannot be kept gets no answer, as that would carry some of them.
 */
async function giveUp(
  message: IncomingMessage,
  failure: Failure,
  options: ReceiverOptions,
): Promise<'dead-lettered' | 'failed-again'> {
  const envelope = fromHeaders(message.headers);
  const isAsked =
    options.channel.kind === 'commands' && envelope?.replyTo && isReplyChannel(envelope.replyTo);
  const waits = isAsked && unkeepableHeader(envelope) === undefined;
  const isRepeated = waits || options.channel.kind === 'events';
  const again = isRepeated && (envelope?.attempt ?? 1) > 1;
  if (!again) await bury(message, failure, options);
  if (waits) {
    const answer = CommandFailed({ commandId: envelope.id, type: envelope.type, reason: failure.reason });
    await options.db.transaction((tx) => enqueue(tx, answer, { cause: envelope }));
  }
  return again ? 'failed-again' : 'dead-lettered';
}

async function bury(
  message: IncomingMessage,
  { reason, attempts }: Failure,
  { transport, channel, group }: ReceiverOptions,
): Promise<void> {
  const envelope = fromHeaders(message.headers);
  const now = new Date().toISOString();
  await transport.deadLetter({
    id: keepable(envelope?.id ?? createHash('sha256').update(message.body).digest('hex').slice(0, 32)),
    channel: channel.name,
    group,
    type: keepable(envelope?.type ?? ''),
    reason,
    attempts,
    failedAt: now,
    firstSeenAt: message.firstSeenAt?.toISOString() ?? now,
    headers: message.headers,
    body: message.body.toString('utf8'),
  });
}
