import { requests } from '../subject.ts';
import type { Probe } from './probe.ts';
import { expectEnd } from './scene.ts';

const LIMIT_MS = 25_000;

/** Nothing is done to the system: every one must end as it was asked for. */
export const calm: Probe = {
  name: 'calm',
  proves: 'without a fault exactly what nothing stands against is confirmed',
  run: async (storm) => {
    const { customers } = storm;
    const asked = [...requests, ...requests].sort(() => storm.random.next() - 0.5);
    const cases = await Promise.all(
      asked.map((request) =>
        customers.place({
          request,
          expected: request.refusal === undefined ? 'confirmed' : 'rejected',
        }),
      ),
    );
    for (const one of cases) await expectEnd(storm, one, LIMIT_MS);
  },
};
