/** (base, mine, next) -> Changes: everything that a run writes, its own state included. */

import type { Base } from '../state/base.ts';
import { packPath, printPack } from '../state/base-pack.ts';
import { type LockedFile, lockPath, printLock } from '../state/lock.ts';
import type { Mine, OnDisk } from '../state/on-disk.ts';
import { hashOf } from '../tree/hash.ts';
import { checkPaths } from '../tree/path.ts';
import { comparePaths, type FileTree, type TreeFile } from '../tree/tree.ts';
import type { Change, Changes } from './changes.ts';
import { type Decision, decide } from './decide.ts';
import { fromDisk, toDisk } from './line-ends.ts';

export interface Sides {
  /** What we last wrote. */
  readonly base: Base;
  /** What is on disk now, of the paths of `pathsOf(base, next)`. */
  readonly mine: Mine;
  /** The rendered tree. */
  readonly next: FileTree;
  /** The tool's version, for the lock. */
  readonly version: string;
}

/** The paths that a merge has to know the disk's content of. */
export function pathsOf(base: Base, next: FileTree): string[] {
  return [...new Set([...base.files.keys(), ...next.keys(), lockPath, packPath])].sort(comparePaths);
}

/**
 * Decides for every path what is written. With a conflict the list of changes still tells what would be written
 * otherwise; `apply` refuses it.
 */
export function merge({ base, mine, next, version }: Sides): Changes {
  checkPaths([...next.keys(), lockPath, packPath], { code: 1, source: 'The rendered system' });
  const paths = [...new Set([...base.files.keys(), ...next.keys()])].sort(comparePaths);
  const outcomes = paths.map((path) => ({
    path,
    decision: decision(path, { base, mine, next }),
    onDisk: mine.get(path),
  }));
  const state = stateFiles({ base, mine, next, version }).map(({ path, text }) => ({
    path,
    decision: stateDecision(text, mine.get(path)),
    onDisk: mine.get(path),
  }));
  const all = [...outcomes, ...state].sort((a, b) => comparePaths(a.path, b.path));
  return {
    changes: all.flatMap(({ path, decision, onDisk }) =>
      changeOf(path, decision, { onDisk, file: next.get(path) }),
    ),
    conflicts: all.flatMap(({ path, decision }) =>
      decision.kind === 'conflict' ? [{ path, reason: decision.reason }] : [],
    ),
    notes: all.flatMap(({ decision }) => notesOf(decision)),
  };
}

function decision(path: string, { base, mine, next }: Pick<Sides, 'base' | 'mine' | 'next'>): Decision {
  const onDisk = mine.get(path);
  if (onDisk?.kind === 'blocked') {
    return { kind: 'conflict', reason: onDisk.reason };
  }
  const locked = base.files.get(path);
  return decide({
    path,
    base: locked && { ...locked, text: base.texts.get(locked.hash) },
    mine: onDisk && { text: onDisk.text === undefined ? undefined : fromDisk(onDisk.text).text },
    next: next.get(path),
  });
}

/**
 * The lock and the pack after the run. They follow from the rendered tree alone, so that they are the same in any
 * order of adding; but a file that the user has made theirs keeps the hash of what was written last.
 */
function stateFiles({ base, mine, next, version }: Sides) {
  const tracked = [...next].filter(([, file]) => file.class !== 'local');
  const files = new Map(tracked.map(([path, file]) => [path, lockedOf(path, file, { base, mine })]));
  const merged = tracked.filter(([, file]) => file.class === 'merge' || file.class === 'keyed');
  return [
    { path: lockPath, text: printLock({ version, files }) },
    { path: packPath, text: printPack(merged.map(([, file]) => file.content)) },
  ];
}

function lockedOf(
  path: string,
  { class: fileClass, content }: TreeFile,
  { base, mine }: Pick<Sides, 'base' | 'mine'>,
): LockedFile {
  const before = base.files.get(path);
  const onDisk = mine.get(path);
  const text = onDisk?.kind === 'file' ? onDisk.text : undefined;
  const isTheirs = before && (text === undefined || hashOf(fromDisk(text).text) !== before.hash);
  return { class: fileClass, hash: fileClass === 'once' && isTheirs ? before.hash : hashOf(content) };
}

function stateDecision(text: string, onDisk: OnDisk | undefined): Decision {
  if (onDisk?.kind === 'blocked') {
    return { kind: 'conflict', reason: onDisk.reason };
  }
  const isSame = onDisk?.text !== undefined && fromDisk(onDisk.text).text === text;
  return isSame ? { kind: 'keep' } : { kind: 'write', text, notes: [] };
}

function changeOf(
  path: string,
  decision: Decision,
  { onDisk, file }: { onDisk: OnDisk | undefined; file: TreeFile | undefined },
): Change[] {
  const there = onDisk?.kind === 'file' ? onDisk : undefined;
  if (decision.kind === 'delete' && there) {
    return [{ kind: 'delete', path, was: there.hash }];
  }
  if (decision.kind !== 'write') {
    return [];
  }
  const { text } = decision;
  if (!there) {
    return [{ kind: 'create', path, content: text, mode: file?.mode ?? 0o644 }];
  }
  const content = toDisk({ text, isCrlf: fromDisk(there.text ?? '').isCrlf });
  const mode = there.isExecutable || file?.mode === 0o755 ? 0o755 : 0o644;
  return hashOf(content) === there.hash ? [] : [{ kind: 'update', path, content, mode, was: there.hash }];
}

function notesOf(decision: Decision): readonly string[] {
  if (decision.kind === 'write') {
    return decision.notes;
  }
  return decision.kind === 'keep' && decision.note !== undefined ? [decision.note] : [];
}
