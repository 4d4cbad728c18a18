// Dead letters lie in one topic per channel and group. A log has no way to take one out: a record without a value
// says that the letter of its key is gone, and compaction forgets both in time.
import { createHash } from 'node:crypto';
import type { KafkaMessage } from 'kafkajs';
import { fittingBody, fittingHeaders } from '../letter.ts';
import type { DeadLetter, Transport } from '../transport.ts';
import type { Address } from './address.ts';
import { openClient } from './client.ts';
import { headersOf } from './headers.ts';
import { readTopic } from './log.ts';
import type { OutgoingRecord, Publisher } from './publisher.ts';
import { deadLetterTopicOf, type Place, replayTopicOf } from './topics.ts';

/** Headers that say why a message is dead; a replay leaves them out. */
const PREFIX = 'dead-letter-';
/** Header that says how often a message was replayed. */
const REPLAY = 'replay';
const ROOM = { bytes: 128 * 1024, chars: 4096 };
const REQUEST_MS = 10_000;

type DeadLetters = Pick<Transport, 'deadLetter' | 'listDeadLetters' | 'takeDeadLetter'>;

interface DeadLettersOptions {
  readonly publisher: Publisher;
  readonly address: Address;
  readonly name: string;
}

/** The dead-letter operations of the port. */
export function deadLetters({ publisher, address, name }: DeadLettersOptions): DeadLetters {
  /** What was read last, by topic and key: an operator who has a list acts on it letter by letter. */
  const seen = new Map<string, Map<string, DeadLetter>>();

  async function publish(record: OutgoingRecord): Promise<void> {
    const [outcome] = await publisher.send([record]);
    if (outcome && outcome.status !== 'confirmed') throw outcome.error;
  }

  async function read(place: Place): Promise<Map<string, DeadLetter>> {
    const topic = deadLetterTopicOf(place);
    const client = openClient({ address, name: `${name} operate`, retries: 3, requestMs: REQUEST_MS });
    try {
      const letters = lettersIn(await readTopic(client.kafka, topic), place);
      seen.set(topic, letters);
      return letters;
    } finally {
      client.cut();
    }
  }

  return {
    deadLetter: (letter) => publish(toRecord(letter)),
    listDeadLetters: async ({ limit, ...place }) => [...(await read(place)).values()].slice(0, limit),
    takeDeadLetter: async ({ id, replay, ...place }) => {
      const withId = (letters: ReadonlyMap<string, DeadLetter> | undefined) =>
        [...(letters ?? [])].filter(([, letter]) => letter.id === id);
      const topic = deadLetterTopicOf(place);
      const known = withId(seen.get(topic));
      const taken = known.length > 0 ? known : withId(await read(place));
      for (const [key, letter] of taken) {
        if (replay) await publish(toReplay(letter));
        await publish({ topic, key, value: null, headers: {} });
        seen.get(topic)?.delete(key);
      }
      return taken.length > 0;
    },
  };
}

/** The letters that are not gone, the oldest first. */
function lettersIn(records: readonly KafkaMessage[], place: Place): Map<string, DeadLetter> {
  const letters = new Map<string, DeadLetter>();
  for (const record of records) {
    const key = record.key?.toString() ?? record.offset;
    if (record.value === null) letters.delete(key);
    else letters.set(key, letterOf(record, place));
  }
  return letters;
}

/**
 * The same letter comes again if its consumer died before it could commit: it has the same key. One that is dead again
 * after its replay has another: what says that the first one is gone may come behind it.
 */
function toRecord(letter: DeadLetter): OutgoingRecord {
  const { id, type, reason, attempts, failedAt, firstSeenAt } = letter;
  const { body: value, cut } = fittingBody(letter.body);
  const { headers, lost } = fittingHeaders(letter.headers, ROOM);
  const about = { id: short(id), type: short(type), reason: `${short(reason)}${cut}${lost}` };
  const when = { attempts: String(attempts), 'failed-at': failedAt, 'first-seen-at': firstSeenAt };
  const digest = createHash('sha256').update(letter.body).digest('hex').slice(0, 16);
  return {
    topic: deadLetterTopicOf(letter),
    key: [short(id), digest, ...(letter.headers[REPLAY] ? [short(letter.headers[REPLAY])] : [])].join('.'),
    value,
    headers: { ...headers, ...prefixed({ ...about, ...when, origin: letter.channel }) },
  };
}

const short = (text: string) => text.slice(0, ROOM.chars);

function prefixed(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${PREFIX}${name}`, value]));
}

function toReplay({ channel, group, id, headers, body }: DeadLetter): OutgoingRecord {
  const key = headers['aggregate-id'] ?? id;
  const replay = String(Number(headers[REPLAY] ?? 0) + 1);
  return {
    topic: replayTopicOf({ channel, group }),
    key,
    value: Buffer.from(body),
    headers: { ...headers, [REPLAY]: replay },
  };
}

/** What lies in the topic; of a record that someone else put there less is known. */
function letterOf({ headers: given, value, timestamp, offset }: KafkaMessage, place: Place): DeadLetter {
  const headers = headersOf(given);
  const about = (name: string) => headers[`${PREFIX}${name}`];
  const arrived = new Date(Number(timestamp)).toISOString();
  return {
    ...{ channel: place.channel, group: place.group },
    id: about('id') ?? headers.id ?? `offset-${offset}`,
    type: about('type') ?? headers.type ?? '',
    reason: about('reason') ?? 'unknown: not put there by its consumer',
    attempts: Number(about('attempts') ?? 0),
    failedAt: about('failed-at') ?? arrived,
    firstSeenAt: about('first-seen-at') ?? arrived,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(PREFIX))),
    body: value?.toString('utf8') ?? '',
  };
}
