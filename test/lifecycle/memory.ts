/** The pipeline on a disk in memory, for tests over many systems. */

import { type Catalog, indexOf } from '../../src/catalog/catalog.ts';
import { merge } from '../../src/merge/merge.ts';
import { makePlan } from '../../src/plan/make.ts';
import { render } from '../../src/render/render.ts';
import { specFile } from '../../src/run.ts';
import { addPatterns } from '../../src/spec/add.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { settleSpec } from '../../src/spec/settle.ts';
import type { Spec } from '../../src/spec/spec.ts';
import { type Base, noBase } from '../../src/state/base.ts';
import { packPath, parsePack } from '../../src/state/base-pack.ts';
import { lockPath, parseLock } from '../../src/state/lock.ts';
import type { Mine } from '../../src/state/on-disk.ts';
import { hashOf } from '../../src/tree/hash.ts';
import { toolVersion } from '../systems.ts';

/** Path to text and mode. */
export type Folder = ReadonlyMap<string, { readonly text: string; readonly mode: number }>;

export const empty: Folder = new Map();

/** The folder after a run. */
export function run(folder: Folder, spec: Spec, catalog: Catalog): Folder {
  const next = render(makePlan(spec, { catalog, toolVersion }), catalog);
  const mine: Mine = new Map(
    [...folder].map(([path, { text, mode }]) => [
      path,
      { kind: 'file', text, hash: hashOf(text), isExecutable: mode === 0o755 },
    ]),
  );
  const { changes, conflicts } = merge({ base: baseOf(folder), mine, next, version: toolVersion });
  if (conflicts.length > 0) throw new Error(`Conflict in ${conflicts[0]?.path}`);
  const after = new Map(folder);
  for (const change of changes) {
    if (change.kind === 'delete') after.delete(change.path);
    else after.set(change.path, { text: change.content, mode: change.mode });
  }
  return after;
}

/** The folder after patterns were added to the system in it. */
export function add(folder: Folder, patterns: readonly string[], catalog: Catalog): Folder {
  const index = indexOf(catalog);
  const text = folder.get(specFile)?.text ?? '';
  const spec = settleSpec(parseSpec(text, { file: specFile, catalog: index }).input, index);
  return run(folder, settleSpec(addPatterns({ patterns, spec, catalog: index }), index), catalog);
}

function baseOf(folder: Folder): Base {
  const lock = folder.get(lockPath);
  if (!lock) return noBase;
  return { ...parseLock(lock.text), texts: parsePack(folder.get(packPath)?.text ?? '') };
}
