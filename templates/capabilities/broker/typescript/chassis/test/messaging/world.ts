// A small system for the tests: a scoreboard is told points by commands, and tells of its scores by events.
import { fileURLToPath } from 'node:url';
import { command, event, reply } from '@app/chassis/contract';
import type { Database } from '@app/chassis/database';
import {
  type Channel,
  type Envelope,
  type Handler,
  handles,
  type IncomingMessage,
  type MessagingOptions,
  messaging,
  type Transport,
  toHeaders,
} from '@app/chassis/messaging';
import { noMetrics, silentLogger } from '@app/chassis/telemetry';
import { testDatabase } from '@app/chassis/testing';
import { z } from 'zod';

export const channels: readonly Channel[] = [
  { name: 'scores', kind: 'commands', groups: ['score-processor'] },
  { name: 'game-replies', kind: 'replies', groups: ['game-processor'] },
  { name: 'score-events', kind: 'events', groups: ['game-processor'] },
];

const Points = z.object({ player: z.string(), points: z.int() });
const byPlayer = ({ player }: { player: string }) => player;
const example = { player: 'ann', points: 3 };

export const AddPoints = command('AddPoints', { channel: 'scores', key: byPlayer, schema: Points, example });
export const PointsAdded = reply('PointsAdded', { key: byPlayer, schema: Points, example });
export const ScoreChanged = event('ScoreChanged', {
  channel: 'score-events',
  key: byPlayer,
  schema: Points,
  example,
});

/** Adds the points and says so to whoever asked; run twice it would add them twice. */
export const addPoints = handles(AddPoints, async (data, { tx }) => {
  await tx.query('INSERT INTO score (player, points) VALUES ($1, $2)', [data.player, data.points]);
  return [PointsAdded(data), ScoreChanged(data, { aggregateVersion: data.points })];
});

const migrations = (folder: string) => fileURLToPath(new URL(`../../migrations/${folder}`, import.meta.url));

type Test = Parameters<typeof testDatabase>[0];

/** A service's own database, with a table for the scoreboard. */
export async function serviceDatabase(t: Test): Promise<Database> {
  const db = await testDatabase(t, { folders: [migrations('messaging')] });
  await db.query('CREATE TABLE score (seq bigint GENERATED ALWAYS AS IDENTITY, player text, points int)');
  return db;
}

/** An empty message database. */
export const busDatabase = (t: Test): Promise<Database> => testDatabase(t, { folders: [migrations('bus')] });

interface ServiceOptions extends Omit<MessagingOptions, 'channels'> {
  /** Those of the scoreboard by default. */
  readonly channels?: readonly Channel[];
  readonly service: string;
  readonly db: Database;
  readonly brokerUrl: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the messaging part of one service, as the host would; `stop` drains and stops it. */
export async function startService({ service, db, brokerUrl, env, ...options }: ServiceOptions) {
  const host = { service, db, env: { BROKER_URL: brokerUrl, ...env }, log: silentLogger, metrics: noMetrics };
  const state = { ready: async () => true, overload: () => undefined };
  const running = await messaging({ channels, ...options }).start({ ...host, ...state });
  const stop = async () => {
    await running.drain?.();
    await running.stop?.();
  };
  return { ...running, stop };
}

export const quickRetries = { attempts: 3, firstMs: 20, longestMs: 50 };

let serial = 0;

/** A command as it comes from a broker. */
export function incoming(
  data: unknown,
  {
    body = JSON.stringify(data),
    channel = 'scores',
    ...rest
  }: Partial<Envelope> & {
    body?: string;
    channel?: string;
  } = {},
): IncomingMessage {
  serial += 1;
  const headers = toHeaders({
    id: `m${serial}`,
    source: 'test',
    type: 'AddPoints',
    schemaVersion: 1,
    ...rest,
  });
  return {
    channel,
    group: 'score-processor',
    headers,
    body: Buffer.from(body),
    redelivered: false,
    attempt: 1,
  };
}

/** A transport of which a test says what its parts do. */
export function fakeTransport(parts: Partial<Transport> = {}): Transport {
  const unexpected = () => {
    throw new Error('The test did not expect this');
  };
  return {
    keepsAttempts: true,
    start: () => {},
    ready: async () => {},
    status: () => ({ connected: true }),
    publish: unexpected,
    consume: unexpected,
    deadLetter: unexpected,
    listDeadLetters: unexpected,
    takeDeadLetter: unexpected,
    close: async () => {},
    ...parts,
  };
}

export async function pointsOf(db: Database, player = 'ann'): Promise<number> {
  const { rows } = await db.query<{ sum: number }>(
    'SELECT coalesce(sum(points), 0)::int AS sum FROM score WHERE player = $1',
    [player],
  );
  return rows[0]?.sum ?? 0;
}

export type { Handler };
