/**
 * What a run is going to write, as data: the only thing that `apply` sees, so that a dry run cannot differ from
 * the real one.
 */

import type { Hash } from '../tree/hash.ts';

export type Change =
  | {
      readonly kind: 'create' | 'update';
      readonly path: string;
      readonly content: string;
      readonly mode: 0o644 | 0o755;
      /** What is on disk now; absent where nothing is. */
      readonly was?: Hash;
    }
  | { readonly kind: 'delete'; readonly path: string; readonly was: Hash };

/** A path whose edits overlap with what would be written. Nothing is written while there is one. */
export interface Conflict {
  readonly path: string;
  readonly reason: string;
}

export interface Changes {
  /** In ascending order of the paths. */
  readonly changes: readonly Change[];
  readonly conflicts: readonly Conflict[];
  /** Sentences for the user, such as a dependency range where the higher one won. */
  readonly notes: readonly string[];
}
