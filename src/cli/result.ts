/**
 * What a run did, as `--json` prints it and as the closing screen is made of. The shape is stable: keys are only added.
 * docs/json.md has them all.
 */

import type { Change, Changes } from '../merge/changes.ts';
import type { Spec } from '../spec/spec.ts';
import type { TaskResult } from './tasks.ts';

export interface Result {
  readonly command: 'create' | 'add';
  /** Of create-msvc. */
  readonly version: string;
  /**
   * - `done`: everything was written, and no task failed
   * - `planned`: a dry run; nothing was written
   * - `unchanged`: there was nothing to write
   * - `incomplete`: everything was written, and a task failed (exit code 6)
   */
  readonly status: 'done' | 'planned' | 'unchanged' | 'incomplete';
  /** Absolute path of the system. */
  readonly directory: string;
  readonly spec: Spec;
  /** In ascending order of the paths. */
  readonly changes: readonly { readonly kind: Change['kind']; readonly path: string }[];
  readonly conflicts: Changes['conflicts'];
  readonly notes: readonly string[];
  /** The unified diff; null without `--diff`. */
  readonly diff: string | null;
  readonly tasks: { readonly install: TaskResult; readonly git: TaskResult };
  /** Commands to type next, in this order. */
  readonly next: readonly string[];
  /** Service to the address it has in `npm run dev` and on Docker. */
  readonly urls: Readonly<Record<string, string>>;
  /** The command that does the same again, pinned to this version. */
  readonly reproduce: string;
}

export function printJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** How many files are created, changed and deleted, as a part of a sentence; the kinds only where they differ. */
export function counted(changes: Result['changes']): string {
  const verbs = { create: 'created', update: 'changed', delete: 'deleted' } as const;
  const parts = Object.entries(verbs).flatMap(([kind, verb]) => {
    const count = changes.filter((change) => change.kind === kind).length;
    return count > 0 ? [`${count} ${verb}`] : [];
  });
  const total = changes.length === 1 ? '1 file' : `${changes.length} files`;
  return parts.length > 1 || changes[0]?.kind !== 'create' ? `${total}: ${parts.join(', ')}` : total;
}

/** Words as a POSIX shell reads them. */
export function shellLine(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}
