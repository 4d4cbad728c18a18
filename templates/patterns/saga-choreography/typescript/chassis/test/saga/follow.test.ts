import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Message } from '../../src/contract/index.ts';
import type { Database, Tx } from '../../src/database/index.ts';
import type { Envelope, Handler } from '../../src/messaging/index.ts';
import { reactions } from '../../src/saga/index.ts';
import { silentLogger } from '../../src/telemetry/index.ts';
import { testDatabase } from '../../src/testing/index.ts';
import { type Following, follow } from './model/follow.ts';
import { correct, followedBy } from './model/world.ts';
import { ofStep } from './stage.ts';
import { trip } from './trip.ts';

const definition = trip();
/** The step of the car, which needs two events. */
const index = 1;
const followed = followedBy(definition, index);
const events = [...followed.needs, followed.rejected];

const cleanups: (() => Promise<void>)[] = [];
let db: Database;
before(async () => {
  const folders = ['participant', 'facts'].map(
    (folder) => new URL(`../../migrations/${folder}`, import.meta.url).pathname,
  );
  db = await testDatabase({ after: (cleanup) => cleanups.push(cleanup) }, { folders });
});
after(async () => {
  for (const cleanup of cleanups) await cleanup();
});

for (const answer of ['ok', 'refused'] as const) {
  test(`a participant does what its model says, in every sequence of four events: ${answer}`, async () => {
    const handlers = reactions(ofStep(definition, { index, answers: () => answer }));
    const lanes = [0, 1, 2].map(async (lane) => {
      for (let code = lane; code < events.length ** 4; code += 3) {
        const sequence = [0, 1, 2, 3].map(
          (place) => events[Math.floor(code / events.length ** place) % 3] ?? '',
        );
        await compare(handlers, { tripId: `${answer} ${code}`, sequence, isOk: answer === 'ok' });
      }
    });
    await Promise.all(lanes);
  });
}

/** Lets the participant and its model follow the same events. */
async function compare(
  handlers: readonly Handler[],
  { tripId, sequence, isOk }: { tripId: string; sequence: readonly string[]; isOk: boolean },
): Promise<void> {
  let state: Following = { row: 'NONE', effect: 0, noted: [] };
  await db.transaction(async (tx) => {
    for (const event of sequence) {
      const expected = [...follow(followed, state, { event, guard: correct })].at(isOk ? 0 : -1);
      const tells = await deliver(tx, handlers, { tripId, event });
      state = expected?.state ?? state;
      assert.deepEqual(
        { ...(await readKept(tx, tripId)), tells },
        { row: state.row, noted: state.noted, tells: expected?.tells },
        `${event} of ${sequence}`,
      );
    }
  });
}

/** @returns what the participant tells of it */
async function deliver(
  tx: Tx,
  handlers: readonly Handler[],
  { tripId, event }: { tripId: string; event: string },
): Promise<string | undefined> {
  const envelope = { id: '1', type: event, correlationId: `book-trip:${tripId}` } as Envelope;
  const told: string[] = [];
  for (const { message, handle } of handlers) {
    if (message.type !== event) continue;
    const data = { tripId, seats: 1, reason: 'full' };
    const said = (await handle(data, { tx, envelope, log: silentLogger })) ?? [];
    told.push(...[said].flat().map(({ type }: Message) => type.type));
  }
  assert.ok(told.length <= 1, `${event} is answered once`);
  return told[0];
}

/** What the participant keeps about a trip. */
async function readKept(tx: Tx, tripId: string): Promise<Pick<Following, 'row' | 'noted'>> {
  const { rows } = await tx.query<{ row: Following['row'] | null; noted: string[] }>(
    `SELECT (SELECT state FROM saga_step WHERE key = $1) AS row,
            ARRAY(SELECT jsonb_object_keys(facts) FROM saga_fact WHERE key = $1) AS noted`,
    [tripId],
  );
  const { row, noted = [] } = rows[0] ?? {};
  // A note's name has the handler's before it.
  return { row: row ?? 'NONE', noted: noted.map((name) => name.replace(/.*:/, '')).sort() };
}
