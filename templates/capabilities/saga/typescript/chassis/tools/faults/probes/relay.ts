import { setTimeout as sleep } from 'node:timers/promises';
import type { Probe } from './probe.ts';
import { expectInOrder, freezeWithFirst, thaw, withoutTwo } from './relays.ts';

/** A relay looks once a second: after this the other one has looked. */
const LOOKED_MS = 2_500;

/** A relay stands still with the first event of a key in its hands: nobody may send the second one. */
export const relay: Probe = {
  name: 'relay',
  proves: 'one relay at a time sends the messages of a key, in their order',
  without: withoutTwo,
  run: async (storm) => {
    const scene = await freezeWithFirst(storm);
    try {
      scene.other.thaw();
      await sleep(LOOKED_MS, undefined, { signal: storm.system.signal });
    } finally {
      thaw(scene);
    }
    await expectInOrder(storm, scene);
  },
};
