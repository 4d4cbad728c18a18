// Looks at the broker from time to time: whether it is there, whether it has the topics, how far each group is
// behind. The client itself tells of a lost connection only when it is used.
import type { Admin } from 'kafkajs';
import type { Metrics } from '../../telemetry/index.ts';
import { startLoop } from '../loop.ts';
import type { Channel, TransportOptions, TransportStatus } from '../transport.ts';
import type { Address } from './address.ts';
import { type Client, openClient } from './client.ts';
import { missingTopics } from './topics.ts';

const POLL_MS = 2_000;
const REQUEST_MS = 5_000;

interface WatchOptions {
  readonly address: Address;
  readonly name: string;
  readonly channels: readonly Channel[];
  /** What is read at the moment, by group. */
  readonly reading: () => readonly { readonly group: string; readonly channels: readonly string[] }[];
  /** Called when all topics were seen for the first time. */
  readonly onReady: () => void;
  readonly metrics: Metrics | undefined;
  readonly log: TransportOptions['log'];
}

export interface Watch {
  status(): TransportStatus;
  stop(): Promise<void>;
}

interface Link extends Client {
  readonly admin: Admin;
}

export function startWatch({ address, name, channels, reading, onReady, metrics, log }: WatchOptions): Watch {
  const lag = metrics?.gauge('kafka_consumer_lag', 'Messages that a group has not taken yet', ['channel']);
  let status: TransportStatus = { connected: false, reason: 'not connected yet' };
  let link: Link | undefined;
  let wasReady = false;

  async function look({ admin }: Link): Promise<TransportStatus> {
    const missing = await missingTopics(admin, channels);
    if (missing.length > 0) {
      const reason = `Topics are missing: ${missing.join(', ')}. Create them with "npm run topics".`;
      // Before the first start nothing can work; later the outbox takes the messages meanwhile.
      return { connected: false, reason, misconfigured: !wasReady };
    }
    if (!wasReady) onReady();
    wasReady = true;
    for (const { group, channels: names } of reading())
      for (const channel of names) lag?.set({ channel }, await lagOf(admin, { group, channel }));
    return { connected: true };
  }

  function letGo(): void {
    link?.admin.disconnect().catch(() => {}); // It is cut off.
    link?.cut();
    link = undefined;
  }

  const loop = startLoop({
    name: 'watch of the broker',
    pollMs: POLL_MS,
    log,
    pass: async () => {
      try {
        link ??= await connect({ address, name });
        status = await look(link);
        if (status.misconfigured)
          log.warn({ reason: status.reason }, 'The broker lacks what this service needs');
        return false;
      } catch (error) {
        letGo();
        status = { connected: false, reason: (error as Error).message };
        throw error;
      }
    },
  });
  return {
    status: () => status,
    stop: async () => {
      await loop.stop();
      letGo();
    },
  };
}

async function connect({ address, name }: { address: Address; name: string }): Promise<Link> {
  const client = openClient({ address, name: `${name} watch`, retries: 1, requestMs: REQUEST_MS });
  const admin = client.kafka.admin();
  await admin.connect();
  return { ...client, admin };
}

async function lagOf(admin: Admin, { group, channel }: { group: string; channel: string }): Promise<number> {
  const ends = await admin.fetchTopicOffsets(channel);
  const [committed] = await admin.fetchOffsets({ groupId: group, topics: [channel] });
  const at = new Map(committed?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
  const behind = ends.map(({ partition, low, high }) => {
    const offset = at.get(partition) ?? -1; // -1: nothing committed yet.
    return Math.max(0, Number(high) - Math.max(offset, Number(low)));
  });
  return behind.reduce((sum, n) => sum + n, 0);
}
