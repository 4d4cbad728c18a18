// The called service, as something that can be made to be away or slow.
import { isLookedUp, type TestSystem } from '../faults/system.ts';

export interface Dependency {
  /** Connections that it was asked for so far; undefined where nobody stands between it and its callers. */
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
      giveBack: victim.revive,
      delay: (ms) => {
        victim.database.delayMs = ms;
      },
    };
  }
  return {
    attempts: () => link.attempts,
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
