import type { Probe } from './probe.ts';
import { expectInOrder, freezeWithFirst, thaw, versionsOf, withoutTwo } from './relays.ts';
import { expectSoon } from './scene.ts';

/** The server ends a transaction that stands still after 20 s; then the other one has to look, which it does each second. */
const LIMIT_MS = 25_000;

/** A relay stands still with rows in its hands, and for good: another one must go on, without it. */
export const frozenRelay: Probe = {
  name: 'frozen-relay',
  proves: 'a relay that stands still does not hold up the others, and doubles nothing when it goes on',
  without: withoutTwo,
  run: async (storm) => {
    const scene = await freezeWithFirst(storm);
    try {
      scene.other.thaw();
      await expectSoon(storm, () => scene.keys.every((key) => versionsOf(storm, key).size === 2), {
        limitMs: LIMIT_MS,
        what: 'the other relay sends all',
      });
    } finally {
      thaw(scene);
    }
    await expectInOrder(storm, scene);
  },
};
