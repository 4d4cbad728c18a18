// A drill does one thing to a system that is in use, and says what was to be seen.
import type { TestSystem } from '../faults/system.ts';
import type { Witness } from '../faults/witness.ts';
import type { Scale } from '../instances.ts';
import type { Head } from './chart.ts';
import type { Load } from './load.ts';
import type { DrillOptions } from './options.ts';
import type { Sampler } from './sampler.ts';

export interface Drill {
  readonly name: string;
  /** What happens, in a few words. */
  readonly title: string;
  /** What someone who watches should look at. */
  readonly lookFor: readonly string[];
  /** Columns beside time, requests and latency. */
  readonly columns: readonly Head[];
  /** What the column of states is about; absent: there is none. */
  readonly state?: string;
  /** Services that run more than once. */
  readonly scale?: Scale;
  /** Whether a request that is not taken is sent again under its key. */
  readonly again?: boolean;
  /** @returns what was seen */
  run(scene: Scene): Promise<readonly Finding[]>;
}

export interface Scene {
  readonly system: TestSystem;
  readonly load: Load;
  readonly sampler: Sampler;
  readonly witness: Witness;
  readonly options: DrillOptions;
  /** Tells what happens now, between the seconds; `state` is what its column says from now on. */
  mark(text: string, state?: string): void;
  pause(ms: number): Promise<void>;
  /** Whether it came about within the limit. */
  until(condition: () => boolean | Promise<boolean>, limitMs: number): Promise<boolean>;
}

export interface Finding {
  readonly text: string;
  /** Whether it is as it must be. */
  readonly good: boolean;
}

/** How long a drill shows the system as it always is, before anything happens to it and at the end. */
export const CALM_MS = 4_000;
/** Most that is waited for what follows a fault. */
export const FOLLOWS_MS = 120_000;
