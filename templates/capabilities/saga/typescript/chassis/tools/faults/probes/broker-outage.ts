import { setTimeout as sleep } from 'node:timers/promises';
import { subject } from '../subject.ts';
import { Broken, type Probe } from './probe.ts';
import { eligible, expectTakenAtOnce, instancesOf } from './scene.ts';

const OUTAGE_MS = 10_000;
const PAUSE_MS = 250;

/** The broker is gone: requests are taken all the same. */
export const brokerOutage: Probe = {
  name: 'broker-outage',
  proves: 'an outage of the broker is none of the API: every request is taken at once',
  run: async (storm) => {
    const { system, customers, journal } = storm;
    const pids = () => system.victims.map(({ pid }) => pid).join();
    const before = pids();
    await system.broker.kill();
    journal.note({ target: 'broker', kind: 'kept down' });
    const placed = [];
    const end = performance.now() + OUTAGE_MS;
    while (performance.now() < end) {
      placed.push(customers.place({ request: eligible(storm), expected: 'either' }, { twice: false }));
      await sleep(PAUSE_MS, undefined, { signal: system.signal });
    }
    const [first] = instancesOf(storm, subject.initiator);
    const answer = await fetch(`${first?.url}/readyz`, { signal: AbortSignal.timeout(5_000) });
    await system.broker.revive();
    expectTakenAtOnce(await Promise.all(placed));
    if (!answer.ok) throw new Broken(`${subject.initiator} called itself unready: ${await answer.text()}`);
    if (pids() !== before) throw new Broken('a service has restarted');
  },
};
