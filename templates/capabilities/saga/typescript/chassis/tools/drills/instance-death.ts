import { subject } from '../faults/subject.ts';
import { isLookedUp } from '../faults/system.ts';
import type { Victim } from '../faults/victim.ts';
import { called } from './called.ts';
import { CALM_MS, type Drill, type Finding, type Scene } from './drill.ts';
import { figuresOf, sentBetween } from './figures.ts';

const DOWN_MS = 5_000;

/** Callers balance over the instances of a service that they look up. */
const balanced = isLookedUp ? called : undefined;

const base = { name: 'instance-death', columns: ['UNSENT', 'OPEN'], state: 'instance' } as const;

/** One instance is killed: another one takes its place, or whoever asks asks again. */
export const instanceDeath: Drill = balanced
  ? {
      ...base,
      title: `one of two instances of ${balanced.name} is killed`,
      lookFor: [
        'FAIL stays 0: a call that meets the dead instance is made again at the other one.',
        'P99 goes up for a moment at most.',
      ],
      scale: new Map([[balanced.name, 2]]),
      run: async (scene) => {
        const victim = scene.system.victims.findLast(({ service }) => service === balanced.name);
        const { ok, failed } = await killFor(scene, victim);
        return [
          { good: ok > 0 && failed === 0, text: `meanwhile ${ok} requests were taken, ${failed} were not` },
        ];
      },
    }
  : {
      ...base,
      title: `the only instance of ${subject.initiator} is killed`,
      lookFor: [
        'FAIL goes up while it is away; whoever is not answered sends the same request again, under its key.',
        'When it is back all of them are taken, each of them once, and OPEN goes down again.',
      ],
      again: true,
      run: async (scene) => {
        const { failed } = await killFor(scene, scene.system.victim(subject.initiator));
        return [{ good: failed > 0, text: `${failed} requests were not answered, and were sent again` }];
      },
    };

async function killFor(scene: Scene, victim: Victim | undefined) {
  if (!victim) throw new Error('There is no such instance.');
  const { system, load, mark, pause } = scene;
  await pause(CALM_MS);
  const from = performance.now();
  await victim.kill();
  mark(`${victim.label} is killed`, 'down');
  await pause(DOWN_MS);
  mark(`${victim.label} starts again`, 'starting');
  await victim.revive();
  await system.ready();
  mark(`${victim.label} is ready`, 'up');
  await pause(CALM_MS);
  return figuresOf(sentBetween(load.attempts, from, performance.now()));
}

/** Everyone who asked has been given one id, and there is nothing that nobody asked for. */
export async function eachOnce({ system, load }: Scene): Promise<Finding> {
  const { rows } = await system
    .db(subject.initiator)
    .query<{ key: string }>('SELECT key FROM saga WHERE name = $1', [subject.saga.name]);
  const asked = new Set(load.accepted);
  const strangers = rows.filter(({ key }) => !asked.has(key)).length;
  const good = load.givenUp === 0 && strangers === 0 && rows.length === asked.size;
  return {
    good,
    text: `${asked.size} requests were taken in the end, ${load.givenUp} were not; ${strangers} were taken twice`,
  };
}
