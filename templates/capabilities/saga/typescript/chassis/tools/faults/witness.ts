// A consumer of its own of the initiator's events: what everyone outside learns of how the sagas ended.
import {
  type Channel,
  type DeadLetter,
  type IncomingMessage,
  openTransport,
  type Transport,
} from '@app/chassis/messaging';
import { silentLogger } from '@app/chassis/telemetry';
import { channels } from '@app/contracts/channels';
import { ToolError } from '../interrupt.ts';
import { subject } from './subject.ts';
import { wait } from './wait.ts';

const GROUP = 'faults-witness';
const READY_MS = 60_000;

/** The channels of the system, with the witness as one more reader. */
export const watched: readonly Channel[] = channels.map((channel) =>
  channel.name === subject.events ? { ...channel, groups: [...channel.groups, GROUP] } : channel,
);

export interface Seen {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly at: number;
}

export interface Witness {
  readonly transport: Transport;
  /** By the saga's key, in the order in which they came. */
  readonly seen: ReadonlyMap<string, readonly Seen[]>;
  /** Whether it has heard of the end of that saga. */
  knowsEndOf(key: string): boolean;
  stop(): Promise<void>;
}

export async function startWitness(brokerUrl: string, signal: AbortSignal): Promise<Witness> {
  const seen = new Map<string, Seen[]>();
  const transport = openTransport({ url: brokerUrl, service: GROUP, log: silentLogger });
  transport.start(watched);
  try {
    await untilConnected(transport, signal);
  } catch (error) {
    await transport.close();
    throw error;
  }
  const handle = async ({ headers }: IncomingMessage) => {
    const { id = '', type = '', 'aggregate-id': key = '', 'aggregate-version': version } = headers;
    seen.set(key, [...(seen.get(key) ?? []), { id, type, version: Number(version), at: performance.now() }]);
    return { action: 'done' } as const;
  };
  const consumer = transport.consume({ channel: subject.events, group: GROUP, prefetch: 10, handle });
  return {
    transport,
    seen,
    knowsEndOf: (key) =>
      seen.get(key)?.some(({ type }) => type === subject.confirmed || type === subject.rejected) ?? false,
    stop: async () => {
      await consumer.stop();
      await transport.close();
    },
  };
}

async function untilConnected(transport: Transport, signal: AbortSignal): Promise<void> {
  let isReady = false;
  const ready = transport.ready().then(() => {
    isReady = true;
  });
  ready.catch(() => {}); // Closed before it was ready.
  await wait(() => isReady, { limitMs: READY_MS, what: 'the broker has all channels', signal }).catch(
    (error) => {
      signal.throwIfAborted();
      throw new ToolError(`The broker cannot be used: ${transport.status().reason ?? error.message}`);
    },
  );
}

/** Those of every channel and group. */
export async function listAllDeadLetters(transport: Transport): Promise<DeadLetter[]> {
  const places = channels.flatMap(({ name, groups }) => groups.map((group) => ({ channel: name, group })));
  const lists = await Promise.all(
    places.map((place) => transport.listDeadLetters({ ...place, limit: 10_000 })),
  );
  return lists.flat();
}
