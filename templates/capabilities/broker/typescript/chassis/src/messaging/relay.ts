// Brings outbox rows to the broker. Order per key is kept with any number of replicas: one of them at a time
// holds a partition, and a message is sent when all earlier ones of its key are confirmed.
import type { Database, Tx } from '../database/index.ts';
import type { Logger, Metrics } from '../telemetry/index.ts';
import { within } from '../waiting/index.ts';
import { fromHeaders, type Headers } from './envelope.ts';
import { type Loop, startLoop } from './loop.ts';
import { onEnqueued, refusal } from './outbox.ts';
import { type OutgoingMessage, PUBLISH_LIMIT_MS, type PublishOutcome, type Transport } from './transport.ts';

/** First key of the advisory locks; the second is the partition. */
const LOCKS = 477_031_602;
const PARTITIONS = 16;
const BATCH = 500;
/** Of the payloads of a batch, not counting its last: each copy that the way to the broker makes is as large. */
const BATCH_BYTES = 8 * 1024 * 1024;
const POLL_MS = 1_000;
/** No wave is begun after this: with its publish it ends before the transaction's idle limit of 20 s. */
const WAVES_MS = 5_000;
/** The most that a stopping service waits for. */
export const PASS_LIMIT_MS = WAVES_MS + PUBLISH_LIMIT_MS;

export interface RelayOptions {
  readonly db: Database;
  readonly transport: Pick<Transport, 'publish'>;
  /** Source of the messages. */
  readonly service: string;
  readonly log: Logger;
  readonly metrics: Metrics;
}

interface BatchOptions extends RelayOptions {
  /** Channels of which nothing is sent. */
  readonly leftOut: readonly string[];
}

interface Row {
  readonly seq: string;
  readonly channel: string;
  readonly key: string;
  readonly headers: Headers;
  readonly payload: string;
  readonly traceparent: string | null;
}

interface Sent {
  readonly published: Row[];
  readonly parked: { readonly row: Row; readonly reason: string }[];
  /** Channels that could not be written, or whose broker did not say whether they were. */
  readonly doubted: Set<string>;
  /** Why the rest was not sent; it is sent later. */
  failure?: Error;
}

/** Publishes what is committed: at once what this process has written, within a second what others have. */
export function startRelay(options: RelayOptions): Loop {
  const { db, log, metrics } = options;
  const published = metrics.counter('outbox_published_total', 'Messages the broker has confirmed', [
    'channel',
  ]);
  const relay = (leftOut: readonly string[]) =>
    db.transaction((tx) => relayBatch(tx, { ...options, leftOut }));
  /** Every other pass leaves these out: however much waits for them, the other channels get their turn. */
  const doubted = new Set<string>();
  const loop = startLoop({
    name: 'outbox relay',
    log,
    pollMs: POLL_MS,
    pass: async () => {
      const others = doubted.size > 0 ? await relay([...doubted]) : undefined;
      const sent = others ?? (await relay([]));
      for (const { channel } of sent?.published ?? []) published.inc({ channel });
      if (!sent?.failure) doubted.clear();
      for (const channel of sent?.doubted ?? []) doubted.add(channel);
      if (sent?.failure) throw sent.failure;
      return sent !== undefined;
    },
  });
  const forget = onEnqueued(loop.wake);
  const stop = () => {
    forget();
    return loop.stop();
  };
  return { ...loop, stop };
}

/** Confirm first, then mark: a crash in between sends again, and never loses. Undefined when nothing is due. */
async function relayBatch(tx: Tx, options: BatchOptions): Promise<Sent | undefined> {
  const partitions = await lockPartitions(tx);
  if (partitions.length === 0) return undefined;
  const rows = await nextRows(tx, { partitions, leftOut: options.leftOut });
  if (rows.length === 0) return undefined;
  const sent = await publishInOrder(rows, options);
  const confirmed = sent.published.map(({ seq }) => seq);
  await tx.query('UPDATE outbox SET published_at = clock_timestamp() WHERE seq = ANY($1)', [confirmed]);
  for (const { row, reason } of sent.parked) await park(tx, { row, reason }, options);
  return sent;
}

/** Partitions with something to send that no other replica holds; ours until the transaction ends. */
async function lockPartitions(tx: Tx): Promise<number[]> {
  const { rows } = await tx.query<{ partition: number }>(
    `WITH due AS MATERIALIZED (
       SELECT partition FROM generate_series(0, $2 - 1) AS partition WHERE EXISTS (
         SELECT FROM outbox o
          WHERE o.partition = partition.partition AND published_at IS NULL AND failed_at IS NULL))
     SELECT partition FROM due WHERE pg_try_advisory_xact_lock($1, partition)`,
    [LOCKS, PARTITIONS],
  );
  return rows.map(({ partition }) => partition);
}

/**
 * Never "seq > last seen": a transaction with a lower seq may commit later. A statement of its own, so that it
 * sees what the last holder of the locks has marked. Rows behind a parked one of their key wait, and so do those
 * behind one that is left out.
 */
async function nextRows(
  tx: Tx,
  { partitions, leftOut }: { partitions: readonly number[]; leftOut: readonly string[] },
): Promise<Row[]> {
  const { rows } = await tx.query<Row & Record<string, unknown>>(
    `WITH batch AS (
       SELECT seq, channel, key, headers, payload, traceparent
         FROM outbox o LEFT JOIN (
           SELECT key, min(seq) AS first FROM outbox
            WHERE cardinality($3::text[]) > 0 AND channel = ANY($3) AND published_at IS NULL AND failed_at IS NULL
            GROUP BY key) AS waiting USING (key)
        WHERE partition = ANY($1) AND published_at IS NULL AND failed_at IS NULL AND NOT EXISTS (
          SELECT FROM outbox p WHERE p.key = o.key AND p.failed_at IS NOT NULL AND p.seq < o.seq)
          AND (first IS NULL OR seq < first)
        ORDER BY seq LIMIT $2),
     summed AS (SELECT *, sum(octet_length(payload)) OVER (ORDER BY seq) AS bytes FROM batch)
     SELECT seq, channel, key, headers, payload, traceparent FROM summed
      WHERE bytes - octet_length(payload) < $4 ORDER BY seq`,
    [partitions, BATCH, leftOut, BATCH_BYTES],
  );
  return rows;
}

/** Sends the first row of every key, then the second of every key whose first is confirmed, and so on. */
async function publishInOrder(rows: readonly Row[], options: RelayOptions): Promise<Sent> {
  const sent: Sent = { published: [], parked: [], doubted: new Set() };
  const heldBack = new Set<string>();
  const end = performance.now() + WAVES_MS;
  for (const wave of waves(rows)) {
    if (sent.failure || performance.now() > end) break;
    const due = wave.filter(({ key }) => !heldBack.has(key));
    for (const { row, outcome } of await publish(due, options)) {
      if (outcome.status === 'confirmed') sent.published.push(row);
      else heldBack.add(row.key);
      if (outcome.status === 'refused') sent.parked.push({ row, reason: outcome.error.message });
      if (outcome.status === 'unknown') {
        sent.doubted.add(row.channel);
        sent.failure = outcome.error;
      }
    }
  }
  return sent;
}

/** The n-th rows of all keys form the n-th wave. */
function waves(rows: readonly Row[]): Row[][] {
  const seen = new Map<string, number>();
  const result: Row[][] = [];
  for (const row of rows) {
    const n = seen.get(row.key) ?? 0;
    seen.set(row.key, n + 1);
    result[n] ??= [];
    result[n].push(row);
  }
  return result;
}

async function publish(
  rows: readonly Row[],
  { transport, service }: RelayOptions,
): Promise<{ row: Row; outcome: PublishOutcome }[]> {
  const checked = rows.map((row) => ({ row, message: toMessage(row, service) }));
  const messages = checked.flatMap(({ message }) => (message instanceof Error ? [] : [message]));
  const outcomes = messages.length > 0 ? await publishInTime(transport, messages) : [];
  let next = 0;
  return checked.map(({ row, message }) => ({
    row,
    outcome:
      message instanceof Error ? { status: 'refused', error: message } : (outcomes[next++] as PublishOutcome),
  }));
}

/** A transport that does not answer must not keep the rows locked. */
async function publishInTime(
  transport: RelayOptions['transport'],
  messages: readonly OutgoingMessage[],
): Promise<readonly PublishOutcome[]> {
  return within(PUBLISH_LIMIT_MS, transport.publish(messages)).catch((error: Error) =>
    messages.map(() => ({ status: 'unknown', error })),
  );
}

/** Rows come from `enqueue`, but SQL can put in anything. */
function toMessage(row: Row, service: string): OutgoingMessage | Error {
  const { channel, key, payload, traceparent } = row;
  const refused = refusal({ channel, payload });
  if (refused) return new Error(refused);
  const envelope = fromHeaders({ ...row.headers, source: service });
  if (!envelope) return new Error('INVALID_HEADERS: id or type is missing');
  return { envelope: { ...envelope, ...(traceparent ? { traceparent } : {}) }, channel, key, body: payload };
}

async function park(
  tx: Tx,
  { row, reason }: { row: Row; reason: string },
  options: RelayOptions,
): Promise<void> {
  await tx.query('UPDATE outbox SET failed_at = clock_timestamp(), reason = $2 WHERE seq = $1', [
    row.seq,
    reason,
  ]);
  const { channel, key } = row;
  options.metrics
    .counter('outbox_parked_total', 'Messages the broker will never take', ['channel'])
    .inc({ channel });
  options.log.error({ seq: row.seq, channel, key, reason }, 'Message parked; later ones of its key wait');
}
