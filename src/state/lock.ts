/**
 * `.create-msvc/lock.json`: what we last wrote, one line a file. It is the base of every merge, and holds neither
 * times nor history, so that the same system has the same lock however it came about.
 */

import { UserError } from '../errors.ts';
import type { Hash } from '../tree/hash.ts';
import { checkPaths } from '../tree/path.ts';
import { comparePaths, type FileClass } from '../tree/tree.ts';

export interface LockedFile {
  readonly class: FileClass;
  /** Of the text we last wrote, with LF line ends. */
  readonly hash: Hash;
}

/** What we last wrote. */
export interface Lock {
  /** The tool's version that wrote it. */
  readonly version: string;
  readonly files: ReadonlyMap<string, LockedFile>;
}

export const lockPath = '.create-msvc/lock.json';

/** The format's own version; it rises when an older tool cannot read the file any more. */
const format = 1;
const classes: readonly FileClass[] = ['owned', 'once', 'merge', 'keyed'];

export function printLock({ version, files }: Lock): string {
  const lines = [...files]
    .sort(([a], [b]) => comparePaths(a, b))
    .map(
      ([path, { class: fileClass, hash }]) =>
        `    ${JSON.stringify(path)}: ${JSON.stringify(`${fileClass} ${hash}`)}`,
    );
  const body = lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n  }`;
  return `{\n  "lock": ${format},\n  "version": ${JSON.stringify(version)},\n  "files": ${body}\n}\n`;
}

/** @throws UserError (code 5) when the text is not a lock, or one of a later tool */
export function parseLock(text: string): Lock {
  const data = parseObject(text);
  if (typeof data.lock === 'number' && data.lock > format) {
    throw new UserError(5, `${lockPath} was written by a newer create-msvc (${String(data.version)})`, {
      hint: `Use that version: npx create-msvc@${String(data.version)}`,
    });
  }
  const { version, files } = data;
  if (data.lock !== format || typeof version !== 'string' || !/^\d+\.\d+\.\d+[\w.+-]*$/.test(version)) {
    throw broken('it names no version');
  }
  if (files === null || typeof files !== 'object' || Array.isArray(files)) {
    throw broken('it lists no files');
  }
  const entries = Object.entries(files).map(([path, line]) => [path, parseLine(path, line)] as const);
  checkPaths(
    entries.map(([path]) => path),
    { code: 5, source: lockPath },
  );
  return { version, files: new Map(entries) };
}

function parseObject(text: string): Record<string, unknown> {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw broken(
      /^(<<<<<<<|=======|>>>>>>>)/m.test(text) ? 'it has conflict markers' : 'it is not JSON',
      error,
    );
  }
  if (data === null || typeof data !== 'object' || Array.isArray(data)) {
    throw broken('it is not an object');
  }
  return data as Record<string, unknown>;
}

function parseLine(path: string, line: unknown): LockedFile {
  const [, fileClass, hash] = (typeof line === 'string' && /^([a-z]+) ([0-9a-f]{64})$/.exec(line)) || [];
  const known = classes.find((name) => name === fileClass);
  if (!known || !hash) {
    throw broken(`the line of ${JSON.stringify(path)} has no class and hash`);
  }
  return { class: known, hash };
}

function broken(reason: string, cause?: unknown): UserError {
  return new UserError(5, `Cannot read ${lockPath}: ${reason}`, {
    hint: 'Restore it from your last commit: git checkout -- .create-msvc',
    cause,
  });
}
