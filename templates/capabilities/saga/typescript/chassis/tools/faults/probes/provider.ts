import { setTimeout as sleep } from 'node:timers/promises';
import type { Outside } from '@app/chassis/saga';
import { post } from '../mail.ts';
import type { Storm } from '../storm.ts';
import { subject } from '../subject.ts';
import { Broken, type Probe } from './probe.ts';
import { arrange, calm, commandFor, eligible, expectEnd, hold, killAll, letDeadlinePass } from './scene.ts';
import { expectUndone } from './undo.ts';

const SLOW_MS = 5_000;
/** What a transaction may take that waits for nobody outside. */
const SHORT_MS = 2_000;
const LIMIT_MS = 60_000;

/** A call to the outside world is slow, its caller dies before it, in it and after it, and then it is to be taken back. */
export const provider: Probe = {
  name: 'provider',
  proves:
    'a call outside is made once whenever its caller dies, holds no transaction, and is taken back when it has to be',
  without: ({ system }) => (system.outside.size > 0 ? undefined : 'no service calls anything outside'),
  run: async (storm) => {
    for (const [service, outside] of storm.system.outside) {
      const scene = { storm, service, outside };
      try {
        for (const die of [dieBefore, dieDuring, dieAfter]) await expectOnce(scene, die);
        await expectTakenBack(scene);
      } finally {
        outside.delay(0);
      }
    }
  },
};

interface Scene {
  readonly storm: Storm;
  readonly service: string;
  readonly outside: Outside;
}

interface Call {
  /** Of the saga. */
  readonly key: string;
  /** Begins the saga. */
  ask(): Promise<void>;
}

/** However its caller dies, it is called for this one, and once. */
async function expectOnce(scene: Scene, die: (scene: Scene, call: Call) => Promise<void>): Promise<void> {
  const { storm, outside } = scene;
  const key = `provider-${storm.random.below(1e9)}`;
  const request = eligible(storm);
  const ask = () => post(storm.system.db(subject.initiator), [commandFor(key, request)]);
  storm.customers.expect({ id: key, request, expected: 'confirmed' });
  await die(scene, { key, ask });
  outside.delay(0);
  await expectEnd(storm, { id: key, expected: 'confirmed' }, LIMIT_MS);
  await calm(storm);
  const wrong = outside.audit().find((text) => text.includes(key));
  if (wrong) throw new Broken(wrong);
}

/** It is noted that it has to call, and it has not begun. */
async function dieBefore(scene: Scene, { key, ask }: Call): Promise<void> {
  const { storm, service } = scene;
  const db = storm.system.db(service);
  const earlier = `earlier than ${key}`;
  // Calls about one key are made one after the other: until this one has ended the next does not begin.
  await db.query(
    `INSERT INTO external_call (key, type, subject, headers, data) VALUES ($1, 'Earlier', $2, '{}', '{}')`,
    [earlier, key],
  );
  await ask();
  const isNoted = async () =>
    (await db.query('SELECT FROM external_call WHERE subject = $1', [key])).rowCount === 2;
  await arrange(storm, isNoted, `${service} has to call for ${key}`);
  const { revive } = await killAll(storm, service);
  if (isCalled(scene, key)) throw new Broken(`${service} has called for ${key} before its turn`);
  await db.query('DELETE FROM external_call WHERE key = $1', [earlier]);
  await revive();
}

/** It waits for the answer. */
async function dieDuring(scene: Scene, { key, ask }: Call): Promise<void> {
  await ask();
  await untilSlow(scene, key);
  await liveAnew(scene, key, await killAll(scene.storm, scene.service));
}

/** It has the answer, and has not noted it. */
async function dieAfter(scene: Scene, { key, ask }: Call): Promise<void> {
  const { storm, service, outside } = scene;
  outside.delay(SHORT_MS);
  await ask();
  await arrange(storm, () => isCalled(scene, key), `${service} calls for ${key}`);
  const row = { sql: 'SELECT FROM external_call WHERE subject = $1 FOR UPDATE', values: [key] };
  const killed = await hold(storm.system.db(service), row, async ({ isWaitedFor, dropWaiting }) => {
    await arrange(storm, isWaitedFor, `${service} notes the answer for ${key}`);
    const all = await killAll(storm, service);
    await dropWaiting();
    return all;
  });
  await liveAnew(scene, key, killed);
}

/** What is to be taken back while it is called for, and its caller dies of it. */
async function expectTakenBack(scene: Scene): Promise<void> {
  const { storm, service, outside } = scene;
  const placed = await storm.customers.place({
    request: eligible(storm),
    expected: 'rejected',
    reason: 'deadline',
  });
  const key = placed.id ?? '';
  await untilSlow(scene, key);
  await letDeadlinePass(storm, key);
  const killed = await killAll(storm, service);
  outside.delay(0);
  await liveAnew(scene, key, killed);
  await expectEnd(storm, placed, LIMIT_MS);
  await calm(storm);
  await expectUndone(storm, key);
}

const isCalled = ({ outside }: Scene, key: string) => outside.entries().some((entry) => entry.key === key);

/** It has been waiting for the answer for a while, and holds no transaction. */
async function untilSlow(scene: Scene, key: string): Promise<void> {
  const { storm, service, outside } = scene;
  outside.delay(SLOW_MS);
  await arrange(storm, () => isCalled(scene, key), `${service} calls for ${key}`);
  await sleep(SHORT_MS + 500, undefined, { signal: storm.system.signal });
  await expectShort(storm, service);
}

async function expectShort({ system }: Storm, service: string): Promise<void> {
  const { rowCount } = await system.db(service).query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND xact_start < clock_timestamp() - $1 * interval '1 ms'`,
    [SHORT_MS],
  );
  if (rowCount !== 0)
    throw new Broken(`${service} holds a transaction while it waits for an answer from outside`);
}

/** The lease of the call that has ended with its caller is over at once. */
async function liveAnew(
  { storm, service }: Scene,
  key: string,
  { revive }: { revive(): Promise<void> },
): Promise<void> {
  const sql = `UPDATE external_call SET next_at = clock_timestamp() WHERE subject = $1 AND state = 'PENDING'`;
  await storm.system.db(service).query(sql, [key]);
  await revive();
}
