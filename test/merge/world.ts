import type { Changes } from '../../src/merge/changes.ts';
import { merge } from '../../src/merge/merge.ts';
import { type Base, noBase } from '../../src/state/base.ts';
import { packPath, parsePack } from '../../src/state/base-pack.ts';
import { lockPath, parseLock } from '../../src/state/lock.ts';
import type { Mine } from '../../src/state/on-disk.ts';
import { hashOf } from '../../src/tree/hash.ts';
import { type FileClass, type FileTree, treeOf } from '../../src/tree/tree.ts';

/** Files in memory, to which changes are made without a disk. */
export class World {
  files: Record<string, string>;

  constructor(files: Record<string, string>) {
    this.files = files;
  }

  /** A system that was generated, and then edited; undefined deletes. */
  static after(tree: FileTree, edits: Record<string, string | undefined> = {}): World {
    const world = new World({});
    world.run(tree);
    const edited = Object.entries({ ...world.files, ...edits });
    return new World(
      Object.fromEntries(edited.filter((entry): entry is [string, string] => entry[1] !== undefined)),
    );
  }

  /** Merges, and makes the changes if there is no conflict. */
  run(next: FileTree): Changes {
    const changes = merge({ base: this.#base(), mine: this.#mine(), next, version: '1.0.0' });
    if (changes.conflicts.length === 0) {
      for (const change of changes.changes) {
        if (change.kind === 'delete') {
          delete this.files[change.path];
        } else {
          this.files[change.path] = change.content;
        }
      }
    }
    return changes;
  }

  #base(): Base {
    const lock = this.files[lockPath];
    return lock === undefined ? noBase : { ...parseLock(lock), texts: parsePack(this.files[packPath] ?? '') };
  }

  #mine(): Mine {
    return new Map(
      Object.entries(this.files).map(([path, text]) => [
        path,
        { kind: 'file', text, hash: hashOf(text), isExecutable: false },
      ]),
    );
  }
}

/** A tree of path to class and content. */
export function tree(files: Record<string, readonly [FileClass, string]>): FileTree {
  return treeOf(
    Object.entries(files).map(
      ([path, [fileClass, content]]) =>
        [path, { content, mode: 0o644, owner: 'test', class: fileClass }] as const,
    ),
  );
}
