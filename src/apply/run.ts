import { setImmediate } from 'node:timers/promises';
import type { Change } from '../merge/changes.ts';
import { foldersOf } from '../tree/path.ts';
import type { Disk } from './disk.ts';

/** One call of `apply`, with its target resolved. */
export interface Run {
  readonly id: string;
  readonly root: string;
  readonly changes: readonly Change[];
  readonly signal: AbortSignal | undefined;
  readonly disk: Disk;
}

/** Lets signals in between two files. @throws the signal's reason once it is aborted */
export async function untilNextFile(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  signal?.throwIfAborted();
}

/** Every folder above the paths, the outer ones first. */
export function foldersFor(paths: readonly string[]): string[] {
  return [...new Set(paths.flatMap(foldersOf))].sort();
}
