// The saga of trip.ts on a real database, with its participants beside it. Messages wait in the outbox until
// a test delivers them, so that the test chooses their order. No inbox: every repetition reaches the guards.
import type { Message, MessageType } from '../../src/contract/index.ts';
import type { Database } from '../../src/database/index.ts';
import { declareDestinations, enqueue, fromHeaders } from '../../src/messaging/index.ts';
import { perform, replyHandlers, type SagaDefinition, start, undo } from '../../src/saga/index.ts';
import { silentLogger } from '../../src/telemetry/index.ts';
import { testDatabase } from '../../src/testing/index.ts';

export interface Sent {
  readonly seq: string;
  readonly type: string;
  readonly key: string;
  readonly headers: Record<string, string>;
  readonly payload: string;
}

export interface Stage {
  readonly db: Database;
  /** Starts the saga for a trip. */
  begin(tripId: string): Promise<boolean>;
  /** Hands a message to whoever handles it; what that answers is in the outbox then. */
  deliver(message: Sent, beforeCommit?: () => Promise<void>): Promise<void>;
  /** Delivers everything that is sent, until nothing more comes. */
  settle(tripId: string): Promise<void>;
  /** What was sent for a trip, in order. */
  sent(tripId: string): Promise<Sent[]>;
  status(tripId: string): Promise<string>;
  /** Lets the deadlines and retries of these trips be due now. */
  expire(...tripIds: string[]): Promise<void>;
}

type Answers = (step: string, tripId: string) => 'ok' | 'refused';

const migrations = ['messaging', 'saga', 'participant'].map(
  (folder) => new URL(`../../migrations/${folder}`, import.meta.url).pathname,
);

/** A stage of its own for one test. `definitions`: the one that is started first, then those still open. */
export async function openStage(
  t: { after(cleanup: () => Promise<void>): void },
  {
    definitions,
    answers = () => 'ok',
  }: { definitions: [SagaDefinition, ...SagaDefinition[]]; answers?: Answers },
): Promise<Stage> {
  const db = await testDatabase(t, { folders: migrations });
  const [current] = definitions;
  const steps = definitions.flatMap((definition) => definition.steps);
  const commands = steps.flatMap(({ call, undo }) => (undo ? [call, undo] : [call]));
  const channels = ['trip-events', ...commands.map(({ channel = '' }) => channel)];
  declareDestinations(channels.map((name) => ({ name, kind: 'commands', groups: [] })));
  declareDestinations([{ name: 'trip-replies', kind: 'replies', groups: [] }]);
  const replies = replyHandlers(...definitions);

  const deliver = async ({ type, headers, payload }: Sent, beforeCommit?: () => Promise<void>) => {
    const envelope = fromHeaders({ ...headers, source: 'test' });
    if (!envelope) throw new Error(`${type} has no envelope`);
    const data = JSON.parse(payload);
    await db.transaction(async (tx) => {
      const reply = replies.find(({ message }) => message.type === type);
      await reply?.handle(data, { tx, envelope, log: silentLogger });
      await beforeCommit?.();
      const step = steps.find(({ call, undo }) => call.type === type || undo?.type === type);
      if (!step) return;
      const { tripId } = data;
      const name = step.call.type;
      if (step.undo?.type === type && step.undone) {
        await undo(tx, { step: name, key: tripId, action: async () => {} });
        return enqueue(tx, say(step.undone, { tripId }), { cause: envelope });
      }
      const outcome = await perform(tx, {
        step: name,
        key: tripId,
        action: async () => (answers(name, tripId) === 'ok' ? { ok: true } : { ok: false, reason: 'full' }),
      });
      const answer = outcome.ok ? step.succeeded : (step.refused ?? step.succeeded);
      await enqueue(tx, say(answer, { plate: 'A 1', reason: 'full', ...outcome, tripId }), {
        cause: envelope,
      });
    });
  };

  const sent = async (tripId: string) => {
    const { rows } = await db.query<Sent & Record<string, unknown>>(
      'SELECT seq, type, key, headers, payload FROM outbox WHERE key = $1 ORDER BY seq',
      [tripId],
    );
    return rows;
  };
  return {
    db,
    begin: (tripId) => db.transaction((tx) => start(tx, current, { tripId })),
    deliver,
    sent,
    settle: async (tripId) => {
      for (let delivered = 0; ; delivered++) {
        const message = (await sent(tripId))[delivered];
        if (!message) return;
        await deliver(message);
      }
    },
    status: async (tripId) => {
      const { rows } = await db.query<{ status: string }>('SELECT status FROM saga WHERE key = $1', [tripId]);
      return rows[0]?.status ?? 'none';
    },
    expire: async (...tripIds) => {
      await db.query(
        `UPDATE saga SET deadline_at = deadline_at - interval '1 day', retry_at = retry_at - interval '1 day'
          WHERE key = ANY($1)`,
        [tripIds],
      );
    },
  };
}

const say = (type: MessageType, data: object): Message => type(data);
