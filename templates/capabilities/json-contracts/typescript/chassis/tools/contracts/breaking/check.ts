// What breaks those who use the contracts of the last release, in one sentence each.
import { parseArgs } from 'node:util';
import type { Texts } from '../documents.ts';
import { comparisons } from './comparisons.ts';
import { documentsAt, isRepository, lastRelease, resolveRef } from './release.ts';
import type { Json } from './schema.ts';

const USAGE = 'Usage: npm run contracts:check [-- --against <ref>]';

/** Compares one kind of document. */
export interface Comparison {
  /** Whether a path in contracts/ is such a document. */
  readonly covers: (path: string) => boolean;
  /** What those who use the earlier document cannot do with the later one; without a full stop. */
  readonly breaks: (before: Json, now: Json) => readonly string[];
}

/** Exit code and what to say. 0: nothing breaks, 1: something does, 2: asked in a wrong way. */
export interface Answer {
  readonly code: 0 | 1 | 2;
  readonly text: string;
}

export interface CheckOptions {
  /** Of the contracts. */
  readonly folder: string;
  /** What they say now. */
  readonly documents: () => Promise<Texts>;
}

export async function checkContracts(args: readonly string[], options: CheckOptions): Promise<Answer> {
  const asked = parse(args);
  if ('wrong' in asked) return { code: 2, text: `${asked.wrong}\n${USAGE}` };
  const { folder } = options;
  if (!(await isRepository(folder))) {
    if (asked.against !== undefined) return { code: 2, text: notThere(asked.against) };
    return nothing('This is no git repository');
  }
  const ref = asked.against ?? (await lastRelease(folder));
  if (ref === undefined) return nothing('There is neither a tag nor a branch main');
  const commit = await resolveRef(ref, folder);
  if (commit === undefined) return { code: 2, text: notThere(ref) };
  const before = await documentsAt(commit, folder);
  if (before.size === 0) return nothing(`"${ref}" has no such documents`);
  return answer(breaksBetween(before, await options.documents()), { ref, compared: before.size });
}

function parse(args: readonly string[]): { against: string | undefined } | { wrong: string } {
  try {
    const { against } = parseArgs({ args: [...args], options: { against: { type: 'string' } } }).values;
    return { against };
  } catch (error) {
    return { wrong: (error as Error).message };
  }
}

const notThere = (ref: string) => `There is no commit "${ref}" in this repository.`;

const nothing = (why: string): Answer => ({ code: 0, text: `${why}: there is nothing to compare with.` });

/** The sentences, by document. */
export function breaksBetween(before: ReadonlyMap<string, Json>, now: Texts): readonly string[] {
  return [...before].flatMap(([path, document]) => {
    const text = now[path];
    if (text === undefined) return [`contracts/${path} is gone.`];
    const comparison = comparisons.find(({ covers }) => covers(path));
    const breaks = comparison?.breaks(document, JSON.parse(text)) ?? [];
    return breaks.map((sentence) => `contracts/${path}: ${sentence}.`);
  });
}

function answer(breaks: readonly string[], { ref, compared }: { ref: string; compared: number }): Answer {
  const documents = compared === 1 ? '1 document' : `${compared} documents`;
  if (breaks.length === 0) return { code: 0, text: `Nothing of "${ref}" is broken: ${documents} compared.` };
  const advice = `This breaks who uses "${ref}". Publish what is new beside what is there.`;
  return { code: 1, text: [...breaks, advice].join('\n') };
}
