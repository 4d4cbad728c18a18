import { setTimeout as sleep } from 'node:timers/promises';
import type { Outside } from '@app/chassis/saga';
import type { Storm } from '../storm.ts';
import { Broken, type Probe } from './probe.ts';
import { arrange, calm, eligible, expectEnd, killAll, letDeadlinePass } from './scene.ts';
import { expectUndone } from './undo.ts';

const SLOW_MS = 5_000;
/** What a transaction may take that waits for nobody outside. */
const SHORT_MS = 2_000;
/** Above the lease of a call. */
const LIMIT_MS = 90_000;

/** A call to the outside world is slow, its caller dies of it, and meanwhile it is to be taken back. */
export const provider: Probe = {
  name: 'provider',
  proves:
    'a call outside is made once whenever its caller dies, holds no transaction, and is taken back when it has to be',
  without: ({ system }) => (system.outside.size > 0 ? undefined : 'no service calls anything outside'),
  run: async (storm) => {
    for (const [service, outside] of storm.system.outside) {
      outside.delay(SLOW_MS);
      try {
        await killedDuring(storm, { service, outside, isTakenBack: false });
        await killedDuring(storm, { service, outside, isTakenBack: true });
      } finally {
        outside.delay(0);
      }
    }
  },
};

interface Scene {
  readonly service: string;
  readonly outside: Outside;
  readonly isTakenBack: boolean;
}

async function killedDuring(storm: Storm, { service, outside, isTakenBack }: Scene): Promise<void> {
  // Who died during the call asks again when its lease is over; by then the deadline may have passed.
  const expected = isTakenBack ? 'rejected' : 'either';
  const reason = isTakenBack ? { reason: 'deadline' } : {};
  const placed = await storm.customers.place({
    request: eligible(storm),
    expected,
    ...reason,
  });
  const key = placed.id ?? '';
  const asked = () => outside.entries().some((entry) => entry.key === key);
  await arrange(storm, asked, `${service} calls for ${key}`);
  await sleep(SHORT_MS + 500, undefined, { signal: storm.system.signal });
  await expectShort(storm, service);
  if (isTakenBack) await letDeadlinePass(storm, key);
  const { revive } = await killAll(storm, service);
  outside.delay(0);
  await revive();
  await expectEnd(storm, placed, LIMIT_MS);
  await calm(storm);
  if (isTakenBack) return expectUndone(storm, key);
  const wrong = outside.audit().find((text) => text.includes(key));
  if (wrong) throw new Broken(wrong);
  outside.delay(SLOW_MS);
}

/** While it waits for the answer. */
async function expectShort({ system }: Storm, service: string): Promise<void> {
  const { rowCount } = await system.db(service).query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND xact_start < clock_timestamp() - $1 * interval '1 ms'`,
    [SHORT_MS],
  );
  if (rowCount !== 0)
    throw new Broken(`${service} holds a transaction while it waits for an answer from outside`);
}
