/** The pipeline from the spec to the changes of a folder; see `src/plan/plan.ts` for the picture. */

import { isDeepStrictEqual } from 'node:util';
import { recover } from './apply/recover.ts';
import { requireFreeTarget } from './apply/target.ts';
import { type Catalog, indexOf } from './catalog/catalog.ts';
import { UserError } from './errors.ts';
import type { Changes } from './merge/changes.ts';
import { merge, pathsOf } from './merge/merge.ts';
import type { Before } from './merge/patch.ts';
import { makePlan } from './plan/make.ts';
import type { Plan } from './plan/plan.ts';
import { losingSample } from './plan/samples.ts';
import { render } from './render/render.ts';
import { addPatterns } from './spec/add.ts';
import { mergeInputs, printPath, problem, SpecError, type SpecInput } from './spec/input.ts';
import { parseSpec, type SpecFile } from './spec/parse.ts';
import { settleSpec } from './spec/settle.ts';
import type { Spec } from './spec/spec.ts';
import { type Base, readBase } from './state/base.ts';
import { lockPath } from './state/lock.ts';
import { look, type OnDisk, readMine } from './state/on-disk.ts';
import { requireVersion } from './state/version.ts';
import { hashOf } from './tree/hash.ts';
import type { FileTree } from './tree/tree.ts';

export interface RunOptions {
  readonly catalog: Catalog;
  readonly toolVersion: string;
  /** The system's folder; it may be missing. */
  readonly root: string;
}

/** Everything that a run is going to do, before it does it. */
export interface Prepared {
  readonly plan: Plan;
  readonly changes: Changes;
  /** What stands at a path that is changed. */
  readMine(path: string): Before;
}

/**
 * Spec -> Changes, for every command. What was written before is read from the folder, so that creating is adding
 * to nothing.
 * @throws SpecError where choices do not fit together
 */
export function prepare(spec: Spec, options: RunOptions): Prepared {
  const { catalog, toolVersion, root } = options;
  const plan = makePlan(spec, { catalog, toolVersion });
  const last = lastRun(readBase(root), options);
  if (last.plan) requireSamples(last.plan, plan);
  const next = render(plan, catalog);
  const { base, notes } = provenBase(last, { next, options });
  const mine = readMine(root, pathsOf(base, next));
  const before = (path: string): Before => {
    const found = mine.get(path);
    return found?.kind === 'file' ? { text: found.text ?? '', isExecutable: found.isExecutable } : noFile;
  };
  const changes = merge({ base, mine, next, version: toolVersion });
  return { plan, changes: { ...changes, notes: [...notes, ...changes.notes] }, readMine: before };
}

interface LastRun {
  readonly base: Base;
  /** Undefined where its spec is missing or cannot stand. */
  readonly plan: Plan | undefined;
}

function lastRun(base: Base, { catalog, toolVersion }: RunOptions): LastRun {
  const text = base.texts.get(base.files.get(specFile)?.hash ?? '');
  if (text === undefined) return { base, plan: undefined };
  const index = indexOf(catalog);
  try {
    const spec = settleSpec(parseSpec(text, { file: specFile, catalog: index }).input, index);
    return { base, plan: makePlan(spec, { catalog, toolVersion }) };
  } catch (error) {
    if (error instanceof UserError || error instanceof SpecError) return { base, plan: undefined };
    throw error;
  }
}

const list = new Intl.ListFormat('en');

/** Business code is nobody's to take away: a sample fits its own saga and calls only. */
function requireSamples(last: Plan, next: Plan): void {
  const [first, ...others] = losingSample(last, next);
  if (!first) return;
  const names = [first, ...others].map(({ name }) => name);
  const sentence = `${specFile}: the business code of ${list.format(names)} is that of the sample "${first.sample}", which fits only the saga and the calls it was made for`;
  throw new UserError(2, sentence, {
    hint: `Leave both as they were and write the change by hand (README.md, "Change it"), or create a new system: create-msvc <folder> --config ${specFile}`,
  });
}

/**
 * The base without what its lock claims wrongly. A file is deleted only if it is in the lock as the spec of the last
 * run renders it: whoever made the lock could have written the name and the hash of any file into it.
 */
function provenBase(
  { base, plan }: LastRun,
  { next, options: { root, catalog } }: { readonly next: FileTree; readonly options: RunOptions },
): { readonly base: Base; readonly notes: string[] } {
  const dropped = [...base.files.keys()].filter((path) => !next.has(path) && look(root, path));
  if (dropped.length === 0) return { base, notes: [] };
  const last = plan && render(plan, catalog);
  const claimed = dropped.filter((path) => {
    const file = last?.get(path);
    return !file || hashOf(file.content) !== base.files.get(path)?.hash;
  });
  return {
    base: { ...base, files: new Map([...base.files].filter(([path]) => !claimed.includes(path))) },
    notes: claimed.map((path) => `${path} stays: ${lockPath} lists it, but not as create-msvc wrote it`),
  };
}

const noFile: Before = { text: '', isExecutable: false };

/**
 * A new system. Ends first what an earlier run left unfinished there.
 * @throws UserError (code 5) where the folder holds something else; SpecError where choices do not fit together
 */
export function prepareNew(spec: Spec, options: RunOptions): Prepared {
  recover(options.root);
  requireFreeTarget(options.root);
  return prepare(spec, options);
}

/**
 * The system that is in the folder, with more patterns.
 * @throws UserError: code 2 for the patterns and for `msvc.yaml`, 5 where the folder holds no system of this version;
 *   SpecError where the patterns, or what is said of them, do not fit
 */
export function prepareAddition(
  { patterns, input = {} }: { readonly patterns: readonly string[]; readonly input?: SpecInput },
  options: RunOptions,
): Prepared {
  recover(options.root);
  const index = indexOf(options.catalog);
  const file = readSpecFile(options);
  const spec = atPlace(() => settleSpec(file.input, index), file);
  const wanted = mergeInputs(addPatterns({ patterns, spec, catalog: index }), input);
  try {
    const prepared = prepare(settleSpec(wanted, index), options);
    requireWritten(prepared, options);
    return prepared;
  } catch (error) {
    // What does not fit together without the patterns, too, is the file's to mend.
    if (error instanceof SpecError) atPlace(() => makePlan(spec, options), file);
    throw error;
  }
}

/**
 * A key that the user took out of the file stays out when the file is merged: the system would have what its
 * description does not say, and the next run would take it away again.
 */
function requireWritten({ plan, changes, readMine }: Prepared, { catalog }: RunOptions): void {
  // A conflict is told by itself, and nothing is written then.
  if (changes.conflicts.length > 0) return;
  const change = changes.changes.find(({ path }) => path === specFile);
  const text = change && change.kind !== 'delete' ? change.content : readMine(specFile).text;
  const index = indexOf(catalog);
  const written = settleSpec(parseSpec(text, { file: specFile, catalog: index }).input, index);
  const lost = Object.entries(plan.spec).find(
    ([key, value]) => !isDeepStrictEqual(value, written[key as keyof Spec]),
  );
  if (!lost) return;
  throw new UserError(3, `${specFile} leaves out "${lost[0]}", which would change: nothing was written`, {
    hint: 'Put it there as it is now, and run this again',
  });
}

/** Name of the file that describes a system, at its root. */
export const specFile = 'msvc.yaml';

function readSpecFile({ root, catalog, toolVersion }: RunOptions): SpecFile {
  const base = readBase(root);
  if (base.version === undefined) {
    throw new UserError(5, `"${root}" holds no system that create-msvc generated`, {
      hint: 'Run it at the root of a generated system',
    });
  }
  requireVersion(base, toolVersion);
  const found = look(root, specFile);
  if (found?.kind !== 'file' || found.text === undefined) {
    throw new UserError(5, `Cannot read ${specFile}: it ${problemOf(found)}`);
  }
  return parseSpec(found.text, { file: specFile, catalog: indexOf(catalog) });
}

function problemOf(found: OnDisk | undefined): string {
  if (!found) return 'is missing';
  return found.kind === 'blocked' ? found.reason : 'is not a text in UTF-8';
}

/** Runs a stage whose problems are the file's: they name its line. */
function atPlace<T>(stage: () => T, file: SpecFile): T {
  try {
    return stage();
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const place = file.locate(error.path) ?? specFile;
    throw new UserError(2, `${place}: ${problem(printPath(error.path), error.message)}`, {
      hint: error.hint,
    });
  }
}
