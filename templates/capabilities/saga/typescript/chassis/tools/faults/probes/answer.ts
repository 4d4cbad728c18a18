import { edge, protocols } from '@app/chassis/edge';
import { ServiceError } from '@app/chassis/errors';
import { scenario } from '../../scenario.ts';
import { startLink } from '../link.ts';
import type { Storm } from '../storm.ts';
import { subject } from '../subject.ts';
import { wait } from '../wait.ts';
import { Broken, type Probe } from './probe.ts';
import { arrange, eligible, expectEnd, holding, killAll, sagas } from './scene.ts';

const LIMIT_MS = 45_000;
const TAKEN_MS = 30_000;

/** The initiator dies when it has done what it was asked for, and before anybody has heard of it. */
export const answer: Probe = {
  name: 'answer',
  proves: 'a request whose answer was lost is done once, and repeated it gets that answer',
  run: async (storm) => {
    const { customers, system, random } = storm;
    const before = await sagas(storm);
    const request = eligible(storm);
    const options = { idempotencyKey: `answer-${random.below(1e9)}`, signal: system.signal };
    const ask = (address: string) => edge(address, scenario.api)[scenario.start](request.body, options);
    await loseAnswer(storm, { ask, isDone: async () => (await sagas(storm)) > before });

    const { id } = await untilTaken(storm, () => ask(system.address));
    const done = (await sagas(storm)) - before;
    if (done !== 1) throw new Broken(`one request was done ${done} times`);
    customers.expect({ id, request, expected: 'confirmed' });
    await expectEnd(storm, { id, expected: 'confirmed' }, LIMIT_MS);
  },
};

/** A client may notice a moment later that the service is back. */
function untilTaken<T extends object>({ system: { signal } }: Storm, ask: () => Promise<T>): Promise<T> {
  const answer = () =>
    ask().catch((error) => {
      if (error instanceof ServiceError && error.code === 'Unavailable') return undefined;
      throw error;
    });
  return wait(answer, { limitMs: TAKEN_MS, what: 'the request is taken again', signal });
}

interface Asking {
  ask(address: string): Promise<unknown>;
  isDone(): Promise<boolean>;
}

/** The request gets through, its answer does not, and then whoever gave it is gone. */
async function loseAnswer(storm: Storm, { ask, isDone }: Asking): Promise<void> {
  const { system } = storm;
  const { initiator } = subject;
  const [{ scheme }] = protocols;
  const link = await startLink(Number(new URL(system.address).port));
  try {
    await holding(system.db(initiator), 'idempotency_key', async ({ isWaitedFor }) => {
      ask(`${scheme}://127.0.0.1:${link.port}`).catch(() => {}); // Nobody gets its answer.
      await arrange(storm, isWaitedFor, `${initiator} carries the request out`);
      link.mode = 'swallowing';
    });
    await arrange(storm, isDone, 'it is done');
    const { revive } = await killAll(storm, initiator);
    link.cut();
    await revive();
  } finally {
    await link.close();
  }
}
