/** Folds and merges files whose content is a set of keys, by splicing texts: what nobody changed keeps its bytes. */

import { differ, type Findings, type KeyConflict, nameOf } from './clash.ts';
import { combine } from './combine.ts';
import { FormatError, type KeyedDocument, printDocument } from './document.ts';
import { type Rules, rulesOf } from './rules.ts';

/** The three texts of one file. `base` is absent where we have not written it before. */
export interface KeyedSides {
  readonly base: string | undefined;
  readonly mine: string;
  readonly next: string;
}

export type KeyedMerge =
  | { readonly text: string; readonly notes: readonly string[] }
  /** Each is the rest of a sentence about the file. */
  | { readonly conflicts: readonly string[] };

/**
 * Folds the fragments of one file into its text, in order. Keys that are new come behind their nearest preceding
 * sibling of the fragment; a key that is there has to be equal, or be a map or set that both add to.
 * @throws Error that names the file and the key when two fragments differ in a value
 */
export function foldKeyed(path: string, fragments: readonly string[]): string {
  const rules = { ...rulesOf(path), isRange: () => false };
  return fragments.reduce((text, fragment) => {
    const findings: Findings = { conflicts: [], notes: [] };
    const mine = parseOwn(path, text, rules);
    const next = parseOwn(path, fragment, rules);
    const folded = combine({ base: undefined, mine, next }, { rules, findings });
    const [conflict] = findings.conflicts;
    if (conflict) throw differ(path, { keys: conflict.keys, one: conflict.mine, other: conflict.next });
    return printDocument(folded);
  });
}

/**
 * Merges what the user made of a file (`mine`) with what it will be (`next`), key by key. A key the user deleted
 * stays deleted; a key that we removed goes with our comments only; of two changed ranges of a dependency the higher
 * one wins, with a note; any other value that both changed is a conflict.
 */
export function mergeKeyed(path: string, { base, mine, next }: KeyedSides): KeyedMerge {
  if (mine === base || mine === next) {
    return { text: next, notes: [] };
  }
  if (base === next) {
    return { text: mine, notes: [] };
  }
  const rules = rulesOf(path);
  const findings: Findings = { conflicts: [], notes: [] };
  try {
    const sides = {
      base: base === undefined ? undefined : parseOwn(path, base, rules),
      mine: rules.format.parse(mine, rules.isSet),
      next: parseOwn(path, next, rules),
    };
    const text = printDocument(combine(sides, { rules, findings }));
    return findings.conflicts.length > 0
      ? { conflicts: findings.conflicts.map(sentence) }
      : { text: checked(text, rules), notes: findings.notes.map((note) => `${path}: ${note}`) };
  } catch (error) {
    if (!(error instanceof FormatError)) {
      throw error;
    }
    return {
      conflicts: [`line ${error.line}, column ${error.column}: not ${rules.format.name}: ${error.message}`],
    };
  }
}

/** A text of ours; that it cannot be read is a defect. */
function parseOwn(path: string, text: string, { format, isSet }: Rules): KeyedDocument {
  try {
    return format.parse(text, isSet);
  } catch (error) {
    throw new Error(`${path} is not ${format.name}`, { cause: error });
  }
}

/** Pieces of two texts that are valid each may not be so together, such as a comment that swallows a bracket. */
function checked(text: string, { format, isSet }: Rules): string {
  format.parse(text, isSet);
  return text;
}

function sentence(conflict: KeyConflict): string {
  const yours = `${nameOf(conflict.keys)} is ${shortened(conflict.mine)} here`;
  return conflict.next === undefined
    ? `${yours}, and would be removed`
    : `${yours}, and would become ${shortened(conflict.next)}`;
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}
