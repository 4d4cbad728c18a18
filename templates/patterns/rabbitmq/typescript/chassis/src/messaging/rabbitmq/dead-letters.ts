// Dead letters lie in one queue per channel and group. A queue has no index: they are looked at by fetching
// and putting back.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChannelModel, Message } from 'amqplib';
import { fittingBody, fittingHeaders } from '../letter.ts';
import type { Channel, DeadLetter, Transport } from '../transport.ts';
import { headersOf } from './headers.ts';
import { type Parcel, toQueue } from './parcel.ts';
import type { Publisher } from './publisher.ts';
import type { Supervised } from './supervised.ts';
import { deadLetterQueueOf, queueOf } from './topology.ts';

/** Headers that say why a message is dead; a replay leaves them out. */
const PREFIX = 'dead-letter-';
/** amqplib has 64 KB for all headers of a message. */
const ROOM = { bytes: 48 * 1024, chars: 1024 };
const PUT_BACK_WAIT_MS = 20;
const PUT_BACK_WAITS = 50;

interface DeadLettersOptions {
  readonly publisher: Publisher;
  readonly connection: Supervised<ChannelModel>;
  /** The channel of that name; throws for one that was never declared. */
  readonly known: (name: string) => Channel;
}

type DeadLetters = Pick<Transport, 'deadLetter' | 'listDeadLetters' | 'takeDeadLetter'>;

/** The dead-letter operations of the port. */
export function deadLetters({ publisher, connection, known }: DeadLettersOptions): DeadLetters {
  async function publish(parcel: Parcel): Promise<void> {
    const outcome = await publisher.send(parcel);
    if (outcome.status !== 'confirmed') throw outcome.error;
  }
  const connected = () => {
    const current = connection.current();
    if (!current) throw new Error(`No connection to the broker: ${connection.failure()}`);
    return current;
  };
  return {
    deadLetter: (letter) => publish(toParcel(letter)),
    listDeadLetters: async ({ channel, group, limit }) => {
      const letters: DeadLetter[] = [];
      await visit(connected(), { channel, group }, async (letter) => {
        letters.push(letter);
        return letters.length < limit ? 'keep' : 'stop';
      });
      return letters;
    },
    takeDeadLetter: async ({ channel, group, id, replay }) => {
      let taken = false;
      await visit(connected(), { channel, group }, async (letter) => {
        if (letter.id !== id) return 'keep';
        const body = Buffer.from(letter.body);
        if (replay) await publish(toQueue(queueOf(known(channel), group), { ...letter, body }));
        taken = true;
        return 'remove';
      });
      return taken;
    },
  };
}

/**
 * Shows the dead letters to `look` one by one, each at most once, until one is removed or it says stop; the
 * others are put back. That is a `nack`, which RabbitMQ does not count as a failed delivery; the policy of the
 * `.dlq` queues lifts the delivery limit for the case that this process dies while it holds them.
 */
async function visit(
  connection: ChannelModel,
  place: { channel: string; group: string },
  look: (letter: DeadLetter) => Promise<'keep' | 'remove' | 'stop'>,
): Promise<void> {
  const queue = deadLetterQueueOf(place);
  const amqp = await connection.createChannel();
  amqp.on('error', () => {}); // The call that failed rejects.
  const count = async () => (await amqp.checkQueue(queue)).messageCount;
  try {
    const all = await count();
    let answer: Awaited<ReturnType<typeof look>> = 'keep';
    for (let seen = 0; seen < all && answer === 'keep'; seen++) {
      const message = await amqp.get(queue);
      if (!message) break;
      answer = await look(letterOf(message, place));
      if (answer === 'remove') amqp.ack(message);
    }
    amqp.nackAll(true);
    // The broker does not answer that: without this wait the next look could find the queue empty.
    const kept = answer === 'remove' ? all - 1 : all;
    for (let waits = 0; waits < PUT_BACK_WAITS && (await count()) < kept; waits++)
      await sleep(PUT_BACK_WAIT_MS);
  } finally {
    await amqp.close().catch(() => {}); // Gone already: the broker has put all of them back itself.
  }
}

function toParcel(letter: DeadLetter): Parcel {
  const { body, cut } = fittingBody(letter.body);
  const { headers, lost } = fittingHeaders(letter.headers, ROOM);
  const about = {
    [`${PREFIX}reason`]: `${letter.reason.slice(0, ROOM.chars)}${cut}${lost}`,
    [`${PREFIX}attempts`]: String(letter.attempts),
    [`${PREFIX}origin`]: letter.channel,
    [`${PREFIX}failed-at`]: letter.failedAt,
    [`${PREFIX}first-seen-at`]: letter.firstSeenAt,
  };
  return toQueue(deadLetterQueueOf(letter), { ...letter, headers: { ...headers, ...about }, body });
}

/** What lies in the queue; of a message that the broker itself put there (delivery limit) less is known. */
function letterOf({ content, properties }: Message, place: { channel: string; group: string }): DeadLetter {
  const headers = headersOf(properties);
  const death = properties.headers?.['x-death']?.[0];
  const diedAt = death ? new Date(death.time.value * 1000).toISOString() : '';
  return {
    ...place,
    id: properties.messageId ?? createHash('sha256').update(content).digest('hex'),
    type: headers.type ?? properties.type ?? '',
    reason: headers[`${PREFIX}reason`] ?? `broker: ${death?.reason ?? 'unknown'}`,
    attempts: Number(headers[`${PREFIX}attempts`] ?? 0),
    failedAt: headers[`${PREFIX}failed-at`] ?? diedAt,
    firstSeenAt: headers[`${PREFIX}first-seen-at`] ?? headers.time ?? diedAt,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(PREFIX))),
    body: content.toString('utf8'),
  };
}
