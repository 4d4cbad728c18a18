import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { duration } from '../config/index.ts';
import type { Database } from '../database/index.ts';
import type { Part } from '../lifecycle/index.ts';
import { type Loop, startLoop } from '../messaging/loop.ts';
import { retentionEnv, startPurge } from '../messaging/retention.ts';
import type { Metrics } from '../telemetry/index.ts';
import { handleRequest } from './admin.ts';
import type { SagaDefinition } from './definition.ts';
import { fireDue, type SagaContext } from './engine.ts';

const SWEEP_MS = 1_000;
// Per sweep and replica: after an outage thousands are due at once, and their commands hit the participants.
const SWEEP_LIMIT = 100;

const env = z.object({
  /** How long a saga that has ended can be looked at, and its operators' requests. */
  SAGA_RETENTION: duration().default('720h'),
});

/** Keeps the sagas of this service going: their deadlines, retries, operators' requests and metrics. */
export function sagas(definitions: readonly SagaDefinition[]): Part {
  return {
    name: 'sagas',
    env,
    migrations: [migrations('saga')],
    start: async ({ db, log, metrics, ...host }) => {
      const { SAGA_RETENTION: age } = env.parse(host.env);
      const measured = new Map<string, SagaVersion>();
      let unknown: string | undefined;
      const pass = async () => {
        await sweep(db, { definitions, log });
        unknown = await measure(db, { definitions, measured, metrics });
        return false;
      };
      const sweeper = startLoop({ name: 'saga sweeper', pass, pollMs: SWEEP_MS, log });
      const purges = [
        { table: 'saga', column: 'ended_at', age },
        { table: 'saga_request', column: 'handled_at', age },
      ];
      const loops = [sweeper, startPurge(db, { purges, log })];
      return {
        health: () => (unknown === undefined ? { status: 'up' } : { status: 'degraded', reason: unknown }),
        ...kept(loops),
      };
    },
  };
}

/**
 * Keeps the table of a participant's steps, for `perform`, `undo` and `complete`. A step that is over is remembered as
 * long as a handled message: a tombstone has to outlive every command that could come again.
 */
export function participant(): Part {
  return {
    name: 'saga participant',
    env: retentionEnv,
    migrations: [migrations('participant')],
    start: async ({ db, log, ...host }) => {
      const { INBOX_RETENTION: age } = retentionEnv.parse(host.env);
      const purges = [{ table: 'saga_step', column: 'updated_at', condition: "state <> 'HELD'", age }];
      return kept([startPurge(db, { purges, log })]);
    },
  };
}

/** What the host has to know of loops. */
function kept(loops: readonly Loop[]) {
  return {
    stalled: () => loops.find((loop) => loop.stalled())?.name,
    drain: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}

/** Does what operators ask for, and fires what is due. Replicas do it side by side: each passes over locked rows. */
export async function sweep(db: Database, context: SagaContext): Promise<void> {
  while (await handleRequest(db, context));
  for (let fired = 0; fired < SWEEP_LIMIT; fired++) {
    if (!(await fireDue(db, context))) return;
  }
}

type SagaVersion = Pick<SagaDefinition, 'name' | 'version'>;

interface Measuring {
  readonly definitions: readonly SagaDefinition[];
  /** Others that were open once: when they are no more, that has to be told, too. */
  readonly measured: Map<string, SagaVersion>;
  readonly metrics: Metrics;
}

/** Measures the open sagas; returns which of them run on a table that this service no longer has. */
async function measure(
  db: Database,
  { definitions, measured, metrics }: Measuring,
): Promise<string | undefined> {
  const { rows } = await db.query<{
    name: string;
    version: number;
    open: number;
    stuck: number;
    oldest: number;
  }>(
    `SELECT name, version, count(*)::int AS open, count(*) FILTER (WHERE stuck)::int AS stuck,
            extract(epoch FROM clock_timestamp() - min(started_at))::float8 AS oldest
       FROM saga WHERE ended_at IS NULL GROUP BY name, version`,
  );
  const open = metrics.gauge('saga_open', 'Sagas that have not ended', ['saga', 'version']);
  const stuck = metrics.gauge('saga_stuck', 'Sagas an operator should look at', ['saga', 'version']);
  const oldest = metrics.gauge('saga_oldest_open_seconds', 'Age of the oldest open saga', [
    'saga',
    'version',
  ]);
  const versions = [...definitions, ...measured.values()];
  const none = versions.map(({ name, version }) => ({ name, version, open: 0, stuck: 0, oldest: 0 }));
  for (const row of [...none, ...rows]) {
    const labels = { saga: row.name, version: String(row.version) };
    open.set(labels, row.open);
    stuck.set(labels, row.stuck);
    oldest.set(labels, row.oldest);
  }
  const isKnown = ({ name, version }: SagaVersion) =>
    definitions.some((definition) => definition.name === name && definition.version === version);
  const others = rows.filter((row) => !isKnown(row));
  const titleOf = ({ name, version }: SagaVersion) => `${name} version ${version}`;
  for (const { name, version } of others) measured.set(titleOf({ name, version }), { name, version });
  const unknown = others.map(titleOf);
  return unknown.length > 0 ? `open sagas without their table: ${unknown.join(', ')}` : undefined;
}

const migrations = (folder: string) => fileURLToPath(new URL(`../../migrations/${folder}`, import.meta.url));
