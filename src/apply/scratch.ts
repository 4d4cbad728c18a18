/**
 * Folders that exist during a run only. Each says whose it is, so that what a killed run left behind can be told
 * from a user's folder and from one of a run that goes on.
 */

import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { hasCode } from '../io-error.ts';
import type { Disk } from './disk.ts';

const namePattern = /^\.create-msvc-(\d+)-([0-9a-f]{8})$/;
const ownerFile = 'owner.json';
/** Git is to see nothing of it, wherever it lies. */
const ignoreFile = '.gitignore';
const markers = new Set([ownerFile, ignoreFile]);
/** The runs of this process that go on; a folder of another one with this process's id was left behind. */
const goingOn = new Set<string>();
/** A run on another machine cannot be asked; it takes seconds, so after this time it has ended. */
const longestRun = 10 * 60_000;

interface Owner {
  readonly tool: 'create-msvc';
  readonly pid: number;
  readonly host: string;
  readonly run: string;
}

/** Does the work of one run, which gets an id for its folders. */
export async function asRun<T>(work: (id: string) => Promise<T>): Promise<T> {
  const id = randomBytes(4).toString('hex');
  goingOn.add(id);
  try {
    return await work(id);
  } finally {
    goingOn.delete(id);
  }
}

/** Makes a folder of the run's in `parent`, and returns its path. */
export function makeScratch(parent: string, { id, disk }: { id: string; disk: Disk }): string {
  const path = join(parent, `.create-msvc-${process.pid}-${id}`);
  const owner: Owner = { tool: 'create-msvc', pid: process.pid, host: hostname(), run: id };
  disk.makeFolder(path);
  try {
    disk.writeNew(join(path, ownerFile), JSON.stringify(owner), 0o666);
    disk.writeNew(join(path, ignoreFile), '*\n', 0o666);
  } catch (error) {
    discard(path, disk);
    throw error;
  }
  return path;
}

/** Removes it at the end of the run. What cannot be removed now, a later run does: that is no reason to fail. */
export function discard(path: string, disk: Disk): void {
  try {
    removeScratch(path, disk);
  } catch {
    // As it says above.
  }
}

/** What tells whose it is goes last, so that a removal that is cut short can be ended by another run. */
function removeScratch(path: string, disk: Disk): void {
  for (const name of readdirSync(path).filter((entry) => !markers.has(entry))) {
    disk.removeTree(join(path, name));
  }
  disk.removeTree(path);
}

/** Removes what killed runs left in `parent`; a folder that is not provably such a one stays. */
export function sweepScratch(parent: string, disk: Disk): void {
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    if (namePattern.test(name)) {
      sweepOne({ path, name, disk });
    }
  }
}

function sweepOne({ path, name, disk }: { path: string; name: string; disk: Disk }): void {
  try {
    if (lstatSync(path).isDirectory() && isLeftOver(path, name)) {
      removeScratch(path, disk);
    }
  } catch (error) {
    // Another user's, in a folder like /tmp; or another run has just removed it.
    if (!hasCode(error, 'EACCES', 'EPERM', 'ENOENT')) {
      throw error;
    }
  }
}

function isLeftOver(path: string, name: string): boolean {
  const owner = ownerOf(path);
  if (owner) {
    return !isRunning(path, owner);
  }
  // Killed before the owner was written, or when it was removed: then there is nothing else in it.
  const isBare = readdirSync(path).every((entry) => markers.has(entry));
  const [, pid, run] = namePattern.exec(name) ?? [];
  return isBare && !isRunning(path, { pid: Number(pid), host: hostname(), run: run ?? '' });
}

/** The process whose folder this is, if its run goes on. */
export function runningOwner(path: string): number | undefined {
  const owner = ownerOf(path);
  return owner && isRunning(path, owner) ? owner.pid : undefined;
}

function ownerOf(path: string): Owner | undefined {
  let owner: Partial<Owner> | null;
  try {
    owner = JSON.parse(readFileSync(join(path, ownerFile), 'utf8'));
  } catch {
    return;
  }
  const { tool, pid, host, run } = owner ?? {};
  const isOwner = tool === 'create-msvc' && Number.isInteger(pid) && Number(pid) > 0;
  return isOwner && typeof host === 'string' && typeof run === 'string'
    ? { tool, pid: Number(pid), host, run }
    : undefined;
}

function isRunning(path: string, { pid, host, run }: Omit<Owner, 'tool'>): boolean {
  if (host !== hostname()) {
    return Date.now() - lstatSync(path).mtimeMs < longestRun;
  }
  return pid === process.pid ? goingOn.has(run) : isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and is another user's.
    return hasCode(error, 'EPERM');
  }
}
