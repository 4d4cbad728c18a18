// What a participant can tell about every saga that it took part in, for whoever audits the system from outside: the
// fault test compares it with how each saga ended.
import type { Tx } from '../database/index.ts';

export interface Entry {
  /** The saga's key. */
  readonly key: string;
  /** What was done: the step's name, or the participant's own word for it. */
  readonly step: string;
  /** `open` while it is not known how it ends. */
  readonly state: 'open' | 'done' | 'undone';
  /** What a request for it can state in advance: an amount, a number of pieces. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

export interface Books {
  /** Who keeps them. */
  readonly service: string;
  /** What they hold, once each, of every saga that was confirmed; by default the saga's steps that the service does. */
  readonly steps?: readonly string[];
  entries(db: Tx): Promise<readonly Entry[]>;
  /** What is wrong whatever the sagas say, one sentence each: sums that do not add up. */
  audit?(db: Tx): Promise<readonly string[]>;
  /** Starts what stands in for the world outside that the service calls. */
  outside?(): Promise<Outside>;
}

export interface Outside {
  /** For the service: where it is. */
  readonly env: Readonly<Record<string, string>>;
  /** How long an answer takes from now on. */
  delay(ms: number): void;
  /** As `steps` of the books. */
  readonly steps: readonly string[];
  entries(): readonly Entry[];
  /** As `audit` of the books: here of what was really called. */
  audit(): readonly string[];
  stop(): Promise<void>;
}
