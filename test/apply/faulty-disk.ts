import { readdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Disk, realDisk } from '../../src/apply/disk.ts';

export interface Fault {
  /** Counts from 1. */
  readonly at: number;
  /** Called in place of that operation; `half` does a part of it, as a full disk or a kill would. */
  readonly strike: (half: () => void) => void;
  /** Whether every later operation is struck as well. */
  readonly persists?: boolean;
  /** Called before each operation. */
  readonly before?: (count: number) => void;
}

/** A disk on which the n-th writing operation fails, and how many there were. */
export function faultyDisk({ at, strike, persists = false, before }: Fault): {
  disk: Disk;
  count: () => number;
} {
  let count = 0;
  const wrap =
    <A extends unknown[]>(operation: (...args: A) => void, half: (...args: A) => void = () => undefined) =>
    (...args: A) => {
      count += 1;
      before?.(count);
      if (count === at || (persists && count > at)) {
        strike(() => half(...args));
      } else {
        operation(...args);
      }
    };
  const disk: Disk = {
    makeFolder: wrap(realDisk.makeFolder),
    writeNew: wrap(realDisk.writeNew, (path, content) =>
      writeFileSync(path, content.slice(0, content.length / 2)),
    ),
    changeMode: wrap(realDisk.changeMode),
    move: wrap(realDisk.move),
    removeFile: wrap(realDisk.removeFile),
    removeFolder: wrap(realDisk.removeFolder),
    removeTree: wrap(realDisk.removeTree, removeFiles),
  };
  return { disk, count: () => count };
}

/** What removing a folder may have done when it is cut short: its files are gone, and its folders are there. */
function removeFiles(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true }).filter((each) => each.isFile())) {
    unlinkSync(join(path, entry.name));
  }
}

/** An error as the operating system gives it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: failed, open`), { code, syscall: 'open' });
}
