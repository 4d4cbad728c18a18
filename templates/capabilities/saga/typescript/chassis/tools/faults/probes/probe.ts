// A probe brings about the one situation in which a mechanism is needed, and looks whether it held.
import type { Storm } from '../storm.ts';

export interface Probe {
  readonly name: string;
  /** What it shows where it holds. */
  readonly proves: string;
  /** Why it has no meaning here; undefined where it has. */
  without?(storm: Storm): string | undefined;
  /** Resolves when it held. @throws Broken with what was seen instead */
  run(storm: Storm): Promise<void>;
}

/** The mechanism did not hold. */
export class Broken extends Error {}
