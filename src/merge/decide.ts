/** What happens to one path, by its class: the rules of design.md, section 4, as one function. */

import { mergeKeyed } from '../formats/keyed.ts';
import type { LockedFile } from '../state/lock.ts';
import { hashOf } from '../tree/hash.ts';
import type { TreeFile } from '../tree/tree.ts';
import { diff3 } from './diff3.ts';

/** One path on the three sides; texts have LF line ends. */
export interface PathSides {
  readonly path: string;
  readonly base: (LockedFile & { readonly text: string | undefined }) | undefined;
  /** Absent where nothing is; `text` is absent where the bytes are not UTF-8. */
  readonly mine: { readonly text: string | undefined } | undefined;
  readonly next: TreeFile | undefined;
}

export type Decision =
  | { readonly kind: 'keep'; readonly note?: string }
  | { readonly kind: 'write'; readonly text: string; readonly notes: readonly string[] }
  | { readonly kind: 'delete' }
  | { readonly kind: 'conflict'; readonly reason: string };

const keep: Decision = { kind: 'keep' };

export function decide(sides: PathSides): Decision {
  return sides.next ? decideRendered({ ...sides, next: sides.next }) : decideDropped(sides);
}

type Rendered = PathSides & { readonly next: TreeFile };

function decideRendered(sides: Rendered): Decision {
  const { base, mine, next } = sides;
  if (!mine) {
    return base ? keep : write(next.content);
  }
  if (mine.text === next.content || next.class === 'local') {
    return keep;
  }
  const isUntouched = base !== undefined && mine.text !== undefined && hashOf(mine.text) === base.hash;
  if (next.class === 'once' && !isUntouched) {
    return keepOnce(sides);
  }
  if (base && hashOf(next.content) === base.hash) {
    return keep;
  }
  if (mine.text === undefined) {
    return conflict('is not a UTF-8 text, and would change');
  }
  if (isUntouched) {
    return write(next.content);
  }
  if (next.class === 'owned' || (next.class === 'merge' && !base)) {
    return conflict(
      base ? 'was edited, and would change' : 'is there already, and not as it would be written',
    );
  }
  return mergeTexts(sides, mine.text);
}

function keepOnce({ path, base, next }: Rendered): Decision {
  if (!base) {
    return { kind: 'keep', note: `${path} was there already and stays as it is` };
  }
  return hashOf(next.content) === base.hash
    ? keep
    : { kind: 'keep', note: `${path} is yours and stays as it is; a new system would have another one` };
}

function mergeTexts({ path, base, next }: Rendered, mine: string): Decision {
  if (base && base.text === undefined) {
    return conflict('was edited, and the text it came from is not in .create-msvc/base.pack');
  }
  if (next.class === 'keyed') {
    const merged = mergeKeyed(path, { base: base?.text, mine, next: next.content });
    return 'text' in merged ? settle(merged, mine) : conflict(merged.conflicts.join('; '));
  }
  const merged = diff3({ base: base?.text ?? '', mine, next: next.content });
  return 'text' in merged
    ? settle({ ...merged, notes: [] }, mine)
    : conflict(`was edited where it would change, at line ${merged.conflicts.join(', ')}`);
}

function settle({ text, notes }: { text: string; notes: readonly string[] }, mine: string): Decision {
  return text === mine && notes.length === 0 ? keep : write(text, notes);
}

/** We do not render the path any more. */
function decideDropped({ path, base, mine }: PathSides): Decision {
  if (!base || !mine) {
    return keep;
  }
  if (mine.text !== undefined && hashOf(mine.text) === base.hash) {
    return { kind: 'delete' };
  }
  return base.class === 'once'
    ? { kind: 'keep', note: `${path} has your edits and stays, though nothing needs it any more` }
    : conflict('was edited, and would be deleted');
}

function write(text: string, notes: readonly string[] = []): Decision {
  return { kind: 'write', text, notes };
}

function conflict(reason: string): Decision {
  return { kind: 'conflict', reason };
}
