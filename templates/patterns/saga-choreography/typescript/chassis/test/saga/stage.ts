// The saga of trip.ts on real databases, one for each service. Events wait in the outboxes until a test delivers
// them, so that the test chooses their order. No inbox: every repetition reaches the guards.
import type { MessageType } from '../../src/contract/index.ts';
import type { Database } from '../../src/database/index.ts';
import {
  declareDestinations,
  enqueue,
  fromHeaders,
  type Handler,
  handles,
} from '../../src/messaging/index.ts';
import {
  allOf,
  eventHandlers,
  eventsBefore,
  perform,
  reactions,
  type SagaDefinition,
  start,
  undo,
} from '../../src/saga/index.ts';
import { silentLogger } from '../../src/telemetry/index.ts';
import { type Test, testDatabase } from '../../src/testing/index.ts';

/** One event on its way to one of those who follow it. */
export interface Delivery {
  readonly id: string;
  readonly type: string;
  readonly to: string;
  readonly headers: Record<string, string>;
  readonly payload: string;
}

export interface Stage {
  /** Of the initiator. */
  readonly db: Database;
  databaseOf(service: string): Database;
  /** Starts the saga for a trip. */
  begin(tripId: string): Promise<boolean>;
  deliver(delivery: Delivery, beforeCommit?: () => Promise<void>): Promise<void>;
  /** Delivers everything that is told, until nothing more comes or `isLast` says so of one that is not delivered. */
  settle(tripId: string, isLast?: (delivery: Delivery) => boolean): Promise<Delivery | undefined>;
  /** All that was told about a trip, in the order of its telling, once for each who follows it. */
  told(tripId: string): Promise<Delivery[]>;
  status(tripId: string): Promise<string>;
  /** What each participant keeps about its steps. */
  steps(tripId: string): Promise<Record<string, string>>;
  /** Lets the deadlines and retries of these trips be due now. */
  expire(...tripIds: string[]): Promise<void>;
}

type Answers = (step: string, tripId: string) => 'ok' | 'refused';

const migrations = ['messaging', 'saga', 'participant', 'facts'].map(
  (folder) => new URL(`../../migrations/${folder}`, import.meta.url).pathname,
);

/** A stage of its own. `definitions`: the one that is started first, then those still open. */
export async function openStage(
  t: Test,
  {
    definitions,
    answers = () => 'ok',
  }: { definitions: [SagaDefinition, ...SagaDefinition[]]; answers?: Answers },
): Promise<Stage> {
  const [current] = definitions;
  const participants = [...new Set(definitions.flatMap(({ steps }) => steps.map(({ service }) => service)))];
  const names = ['trip', ...participants];
  declareDestinations(names.map((name) => ({ name: `${name}-events`, kind: 'events', groups: [] })));
  const databases = new Map<string, Database>();
  for (const name of names) databases.set(name, await testDatabase(t, { folders: migrations }));
  const databaseOf = (name: string) => databases.get(name) as Database;
  const handlers = new Map(
    participants.map((name) => [name, reactions(takingPart(definitions, { service: name, answers }))]),
  ).set('trip', eventHandlers(...definitions));

  const told = async (tripId: string) => {
    const sent = names.map(async (name) => {
      const { rows } = await databaseOf(name).query<Told>(
        'SELECT id, type, headers, payload, created_at FROM outbox WHERE key = $1 ORDER BY seq',
        [tripId],
      );
      return rows;
    });
    const all = (await Promise.all(sent)).flat().sort((a, b) => Number(a.created_at) - Number(b.created_at));
    return all.flatMap((row) =>
      names.filter((name) => handlersOf(name, row.type).length > 0).map((to): Delivery => ({ ...row, to })),
    );
  };
  const handlersOf = (name: string, type: string) =>
    (handlers.get(name) ?? []).filter(({ message }) => message.type === type);

  const deliver: Stage['deliver'] = async ({ type, to, headers, payload }, beforeCommit) => {
    const envelope = fromHeaders({ ...headers, source: 'test' });
    if (!envelope) throw new Error(`${type} has no envelope`);
    await databaseOf(to).transaction(async (tx) => {
      for (const { handle } of handlersOf(to, type)) {
        const said = await handle(JSON.parse(payload), { tx, envelope, log: silentLogger });
        await enqueue(tx, said, { cause: envelope });
      }
      await beforeCommit?.();
    });
  };

  return {
    db: databaseOf('trip'),
    databaseOf,
    begin: (tripId) => databaseOf('trip').transaction((tx) => start(tx, current, { tripId, seats: 1 })),
    deliver,
    told,
    settle: async (tripId, isLast = () => false) => {
      const delivered = new Set<string>();
      for (;;) {
        const next = (await told(tripId)).find(({ id, to }) => !delivered.has(`${id} ${to}`));
        if (!next || isLast(next)) return next;
        delivered.add(`${next.id} ${next.to}`);
        await deliver(next);
      }
    },
    status: async (tripId) => {
      const sql = 'SELECT status FROM saga WHERE key = $1';
      return (await databaseOf('trip').query<{ status: string }>(sql, [tripId])).rows[0]?.status ?? 'none';
    },
    steps: async (tripId) => {
      const rows = await Promise.all(
        participants.map((name) =>
          databaseOf(name).query<{ step: string; state: string }>(
            'SELECT step, state FROM saga_step WHERE key = $1 ORDER BY step',
            [tripId],
          ),
        ),
      );
      return Object.fromEntries(
        rows.flatMap((result) => result.rows.map(({ step, state }) => [step, state])),
      );
    },
    expire: async (...tripIds) => {
      await databaseOf('trip').query(
        `UPDATE saga SET deadline_at = deadline_at - interval '1 day', retry_at = retry_at - interval '1 day'
          WHERE key = ANY($1)`,
        [tripIds],
      );
    },
  };
}

interface Told extends Omit<Delivery, 'to'> {
  readonly created_at: Date;
  readonly [column: string]: unknown;
}

/** The handlers of one participant, as its handlers.ts has them. */
function takingPart(
  definitions: readonly SagaDefinition[],
  { service, answers }: { service: string; answers: Answers },
): Handler[] {
  const handlers = new Map<string, Handler[]>();
  for (const definition of definitions) {
    for (const [index, step] of definition.steps.entries()) {
      if (step.service === service) handlers.set(step.succeeded.type, ofStep(definition, { index, answers }));
    }
  }
  return [...handlers.values()].flat();
}

/** The handlers of one step. */
export function ofStep(
  definition: SagaDefinition,
  { index, answers }: { index: number; answers: Answers },
): Handler[] {
  const { succeeded, refused, undone } = definition.steps[index] as SagaDefinition['steps'][number];
  const [first, ...rest] = eventsBefore(definition, index);
  const step = succeeded.type;
  const act = handles(allOf(first as MessageType, ...rest), async (data, { tx }) => {
    const { tripId } = data as { tripId: string };
    const outcome = await perform(tx, {
      step,
      key: tripId,
      action: async () => (answers(step, tripId) === 'ok' ? { ok: true } : { ok: false, reason: 'full' }),
    });
    if (!outcome.ok && refused) return refused({ tripId, reason: outcome.reason });
    return succeeded({ tripId, plate: 'A 1' });
  });
  if (!undone) return [act];
  const takeBack = handles(definition.rejected, async ({ tripId }: { tripId: string }, { tx }) => {
    await undo(tx, { step, key: tripId, action: async () => {} });
    return undone({ tripId });
  });
  return [act, takeBack];
}
