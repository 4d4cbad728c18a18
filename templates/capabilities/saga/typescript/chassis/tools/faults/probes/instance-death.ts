import { setTimeout as sleep } from 'node:timers/promises';
import { system as description } from '../../system.ts';
import type { Storm } from '../storm.ts';
import { requests, subject } from '../subject.ts';
import type { Victim } from '../victim.ts';
import type { Probe } from './probe.ts';
import { arrange, eligible, expectTakenAtOnce, instancesOf } from './scene.ts';

const KILLS = 10;
const PAUSE_MS = 200;
/** Few enough that nobody waits for anything but the instance that is gone. */
const AT_ONCE = 4;
/** Requests that are sent before and after each fault. */
const AROUND = 5;

/** Instances of a service that is called are killed and restarted in turn, and then forgotten by whoever lists them. */
export const instanceDeath: Probe = {
  name: 'instance-death',
  proves:
    'while one instance of a called service goes on, its callers notice no death and no restart, nor that the list is lost',
  without: (storm) =>
    victimsOf(storm).length > 1 ? undefined : 'no service is called of which callers know several instances',
  run: async (storm) => {
    const { system, journal } = storm;
    const victims = victimsOf(storm);
    const kills = Array.from({ length: KILLS }, (_, kill) => victims[kill % victims.length] as Victim);
    const load = startLoad(storm);
    const whole = async () => {
      await system.ready();
      await arrange(storm, () => allAreKnown(storm), 'every caller knows all instances');
      await load.more(AROUND);
    };
    try {
      for (const victim of kills) {
        await whole();
        await victim.kill();
        journal.note({ target: victim.label, kind: 'killed' });
        await load.more(AROUND);
        await victim.revive();
      }
      for (const victim of victims) {
        await whole();
        await victim.revive();
        journal.note({ target: victim.label, kind: 'restarted' });
      }
      await whole();
      await system.instances?.query(`DELETE FROM ${subject.instances.table}`);
      await load.more(AROUND);
    } finally {
      await load.stop();
    }
    expectTakenAtOnce(load.cases());
  },
};

/** Instances of the first service that is called. */
function victimsOf(storm: Storm): readonly Victim[] {
  const [called = ''] = description.services.flatMap(({ calls }) => calls);
  return storm.system.instances ? instancesOf(storm, called) : [];
}

/** One that has just begun is listed a moment later, and known to callers another moment later. */
async function allAreKnown(storm: Storm): Promise<boolean> {
  const victims = victimsOf(storm);
  const { rows } = (await storm.system.instances?.query<{ url: string }>(
    `SELECT DISTINCT unnest(urls) AS url FROM ${subject.instances.table}`,
  )) ?? { rows: [] };
  const isListed = ({ url }: Victim) => rows.some((row) => new URL(row.url).port === new URL(url).port);
  if (!victims.every(isListed)) return false;
  const all = new RegExp(`^${subject.instances.metric}\\{[^}]*\\} ${victims.length}$`, 'm');
  const pages = await Promise.all(instancesOf(storm, subject.initiator).map(({ metrics }) => metrics()));
  return pages.every((page) => all.test(page));
}

/** Requests go on, a few at a time. What comes of them does not matter here: those that end soon are no burden. */
function startLoad(storm: Storm) {
  const { customers, system } = storm;
  const refused = requests.find(({ refusal }) => refusal !== undefined);
  const from = customers.cases.length;
  const cases = () => customers.cases.slice(from);
  const open = new Set<Promise<unknown>>();
  let isStopped = false;
  const pace = (async () => {
    while (!isStopped && !system.signal.aborted) {
      const one = customers.place(
        refused
          ? { request: refused, expected: 'rejected' }
          : { request: eligible(storm), expected: 'either' },
        { twice: false },
      );
      open.add(one);
      void one.catch(() => {}).finally(() => open.delete(one));
      await sleep(PAUSE_MS);
      while (open.size >= AT_ONCE) await Promise.race(open);
    }
  })();
  return {
    cases,
    more: async (wanted: number) => {
      const goal = cases().length + wanted;
      while (cases().length < goal) await sleep(PAUSE_MS, undefined, { signal: system.signal });
    },
    stop: async () => {
      isStopped = true;
      await pace;
      await Promise.all(open);
    },
  };
}
