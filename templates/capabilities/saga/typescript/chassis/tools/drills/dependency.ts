// The called service, as something that can be made to be away or slow.
import { hasConnectionForEachCall, isLookedUp, type TestSystem } from '../faults/system.ts';
import { wait } from '../faults/wait.ts';

const BACK_MS = 120_000;

export interface Dependency {
  /**
   * Calls that were tried on new connections so far; undefined where nobody stands between it and its callers, or
   * where connections say nothing of calls.
   */
  attempts(): number | undefined;
  /** Nobody reaches it any more. */
  takeAway(): Promise<void>;
  /** It can be reached again. */
  giveBack(): Promise<void>;
  /** How much later it answers; 0: at once. */
  delay(ms: number): void;
}

/** Callers that look addresses up find it past its link: then it is killed, and its database is what is slow. */
export function dependencyOf(system: TestSystem, name: string): Dependency {
  const link = system.calls.get(name);
  if (!link || isLookedUp) {
    const victim = system.victim(name);
    return {
      attempts: () => undefined,
      takeAway: victim.kill,
      giveBack: async () => {
        await victim.revive();
        const isReady = async () => (await victim.readiness().catch(() => '')).includes('"status":"ready"');
        await wait(isReady, { limitMs: BACK_MS, what: `${name} is ready`, signal: system.signal });
      },
      delay: (ms) => {
        victim.database.delayMs = ms;
      },
    };
  }
  return {
    attempts: () => (hasConnectionForEachCall ? link.attempts : undefined),
    takeAway: async () => {
      link.mode = 'refusing';
      link.cut();
    },
    giveBack: async () => {
      link.mode = 'passing';
    },
    delay: (ms) => {
      link.delayMs = ms;
    },
  };
}
