// Publishing: acknowledged by all replicas, one batch in flight. After any error the producer is given up and cut
// off: its books about what the broker has may be wrong, and a message under a number that was used is dropped and
// confirmed. Whoever is left in doubt sends again, through a new producer.
import { type IHeaders, Partitioners, type Producer } from 'kafkajs';
import { answered, PUBLISH_LIMIT_MS, type PublishOutcome } from '../transport.ts';
import type { Address } from './address.ts';
import { type Client, openClient, typeOf } from './client.ts';

/** Less than the port allows; nothing is begun when less than a second is left. */
const ANSWER_MS = PUBLISH_LIMIT_MS - 1_000;
const FLOOR_MS = 1_000;
const ACKS_MS = 5_000;
const CLOSE_MS = 2_000;
/** Another replica may have sent what this one could not: then this one has nothing to try again. */
const FAILURE_MS = 30_000;
const RECORDS = 500;
/** What is sent to a partition at once must fit a topic's `max.message.bytes`, 1 MiB by default. */
const BATCH_BYTES = 900_000;
const RECORD_OVERHEAD_BYTES = 100;

/** What the broker will never take, however often it is sent. */
const PERMANENT: ReadonlySet<string | undefined> = new Set([
  ...['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'INVALID_TIMESTAMP'],
  'INVALID_TOPIC_EXCEPTION',
]);

export interface OutgoingRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer | null;
  readonly headers: IHeaders;
}

export interface Publisher {
  /** Sends the records of each topic in the given order; answers for every one, in at most PUBLISH_LIMIT_MS. */
  send(records: readonly OutgoingRecord[]): Promise<PublishOutcome[]>;
  /** Why the last batch failed; forgotten after half a minute, as whoever has something to send tries again sooner. */
  failure(): string | undefined;
  close(): Promise<void>;
}

interface Life extends Client {
  readonly producer: Producer;
  readonly connected: Promise<void>;
  /** Partitions of the batch in flight. */
  readonly chosen: Set<number>;
}

export function createPublisher({ address, name }: { address: Address; name: string }): Publisher {
  let life: Life | undefined;
  let failure: { readonly reason: string; readonly at: number } | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  async function deliver(batch: readonly OutgoingRecord[]): Promise<void> {
    if (isClosed) throw new Error(`${name} is closed`);
    life ??= openLife({ address, name });
    const { producer, connected, chosen } = life;
    await connected;
    chosen.clear();
    const messages = batch.map(({ key, value, headers }) => ({ key, value, headers }));
    const topicMessages = [{ topic: batch[0]?.topic ?? '', messages }];
    const answers = await producer.sendBatch({ acks: -1, timeout: ACKS_MS, topicMessages });
    // While leaders move, the client may count a partition as sent that it has sent to nobody.
    const answered = new Set(answers.map(({ partition }) => partition));
    if ([...chosen].some((partition) => !answered.has(partition)))
      throw new Error('A partition has not answered');
  }

  function giveUp(): void {
    const old = life;
    life = undefined;
    old?.cut();
    old?.producer.disconnect().catch(() => {}); // It is cut off.
  }

  /** In doubt about one, the later ones of its topic are not sent: order is kept. */
  async function sendTopic(records: readonly OutgoingRecord[], end: number): Promise<PublishOutcome[]> {
    const outcomes: PublishOutcome[] = [];
    for (const batch of batchesOf(records)) {
      const last = outcomes.at(-1);
      if (last?.status === 'unknown') outcomes.push(...batch.map(() => last));
      else outcomes.push(...(await sendBatch(batch, end)));
    }
    return outcomes;
  }

  /** A batch with a record that the broker will never take is halved until that one stands alone. */
  async function sendBatch(batch: readonly OutgoingRecord[], end: number): Promise<PublishOutcome[]> {
    try {
      const leftMs = end - performance.now();
      if (leftMs < FLOOR_MS) throw new Error(failure?.reason ?? 'The broker is too slow');
      await answered(leftMs, deliver(batch));
      failure = undefined;
      return batch.map(() => ({ status: 'confirmed' }));
    } catch (error) {
      giveUp();
      if (!PERMANENT.has(typeOf(error))) {
        failure = { reason: (error as Error).message, at: performance.now() };
        return batch.map(() => ({ status: 'unknown', error: error as Error }));
      }
      if (batch.length === 1) return [{ status: 'refused', error: error as Error }];
      const half = Math.ceil(batch.length / 2);
      const first = await sendBatch(batch.slice(0, half), end);
      const doubt = first.find(({ status }) => status === 'unknown');
      const rest = batch.slice(half);
      return [...first, ...(doubt ? rest.map(() => doubt) : await sendBatch(rest, end))];
    }
  }

  /** Topic by topic: one that is missing takes no more than its share of the time from the others. */
  async function sendAll(records: readonly OutgoingRecord[], end: number): Promise<PublishOutcome[]> {
    const outcomes = new Map<OutgoingRecord, PublishOutcome>();
    const topics = [...new Set(records.map(({ topic }) => topic))];
    for (const [position, topic] of topics.entries()) {
      const own = records.filter((record) => record.topic === topic);
      const now = performance.now();
      const sent = await sendTopic(own, now + (end - now) / (topics.length - position));
      for (const [i, outcome] of sent.entries()) outcomes.set(own[i] as OutgoingRecord, outcome);
    }
    return records.map((record) => outcomes.get(record) as PublishOutcome);
  }

  return {
    send: (records) => {
      const end = performance.now() + ANSWER_MS;
      const sent = turn.then(() => sendAll(records, end));
      turn = sent;
      return sent;
    },
    failure: () => (failure && performance.now() - failure.at < FAILURE_MS ? failure.reason : undefined),
    close: async () => {
      await turn;
      isClosed = true;
      if (life) await answered(CLOSE_MS, life.producer.disconnect()).catch(() => {}); // It is cut off next.
      giveUp();
    },
  };
}

function openLife({ address, name }: { address: Address; name: string }): Life {
  const client = openClient({ address, name: `${name} publish`, retries: 2, requestMs: ACKS_MS });
  const chosen = new Set<number>();
  const producer = client.kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: () => {
      const choose = Partitioners.DefaultPartitioner(); // murmur2, as Java's clients.
      return (record) => {
        const partition = choose(record);
        chosen.add(partition);
        return partition;
      };
    },
    retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 2 },
  });
  return { ...client, producer, connected: producer.connect(), chosen };
}

function batchesOf(records: readonly OutgoingRecord[]): OutgoingRecord[][] {
  const batches: OutgoingRecord[][] = [];
  let bytes = 0;
  for (const record of records) {
    const size = sizeOf(record);
    const batch = batches.at(-1);
    if (batch && batch.length < RECORDS && bytes + size <= BATCH_BYTES) {
      batch.push(record);
      bytes += size;
    } else {
      batches.push([record]);
      bytes = size;
    }
  }
  return batches;
}

function sizeOf({ key, value, headers }: OutgoingRecord): number {
  const lengths = Object.entries(headers).map(([name, text]) => name.length + (text?.length ?? 0) + 4);
  const headerBytes = lengths.reduce((sum, length) => sum + length, 0);
  return RECORD_OVERHEAD_BYTES + Buffer.byteLength(key) + (value?.length ?? 0) + headerBytes;
}
