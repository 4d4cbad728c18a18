import { edge } from '@app/chassis/edge';
import { ServiceError } from '@app/chassis/errors';
import { scenario } from '../../scenario.ts';
import { subject } from '../subject.ts';
import { hasConnectionForEachCall, isLookedUp } from '../system.ts';
import { Broken, type Probe } from './probe.ts';
import { eligible, killAll } from './scene.ts';

/** Times the threshold: more than enough, were every call to fail at its first attempt. */
const CALLS = 3;
/** Attempts of one call that may be under way at the threshold. */
const SLACK = 2;

/** A service that is called is gone: soon nobody calls it any more. */
export const deadDependency: Probe = {
  name: 'dead-dependency',
  proves: 'a dead dependency is called a few times, and then no more',
  without: ({ system }) => {
    if (subject.threshold === 0) return 'calls are always made';
    // Who looks instances up goes past the link.
    if (isLookedUp) return 'callers look up where to call';
    return system.calls.size === 0 ? 'no service is called' : undefined;
  },
  run: async (storm) => {
    const { system, random, journal } = storm;
    const [[name, link] = []] = [...system.calls];
    if (!link) throw new Error('No service is called.');
    const client = edge(system.address, scenario.api);
    link.mode = 'refusing';
    link.cut();
    journal.note({ target: name ?? '', kind: 'cut off' });
    const before = link.attempts;
    const calls = CALLS * subject.threshold + random.below(10);
    let answer: unknown;
    for (let call = 0; call < calls; call++)
      answer = await client[scenario.start](eligible(storm).body, { signal: system.signal }).catch(
        (error: unknown) => error,
      );
    const attempts = link.attempts - before;
    link.mode = 'passing';
    // A new process calls it again at once.
    await (await killAll(storm, subject.initiator)).revive();
    if (!hasConnectionForEachCall && !isSentAway(answer))
      throw new Broken(`after ${calls} calls of a dead ${name} a client is not told when to come again`);
    if (hasConnectionForEachCall && attempts > subject.threshold + SLACK)
      throw new Broken(
        `${calls} calls of a dead ${name} reached it ${attempts} times; ${subject.threshold} are enough to know`,
      );
  },
};

/** Whoever is refused while nobody calls is told how long that lasts; of a call that failed nobody knows. */
const isSentAway = (error: unknown) => error instanceof ServiceError && (error.retryAfter ?? 0) > 1;
