/** Moves entries between documents: what comes from one is laid out as its neighbours in the other. */

import { type Container, type Entry, type Format, type Leaf, shift, type Value } from './document.ts';

interface Graft {
  readonly from: Container;
  readonly to: Container;
  readonly format: Format;
}

/** The entry of `from` as it would stand in `to`. */
export function graftEntry(entry: Entry, { from, to, format }: Graft): Entry {
  if (to.layout === 'inline' && from.layout === 'lines') {
    const text = format.inline(to.kind === 'map' ? entry.key : undefined, entry.value.data);
    return { ...entry, before: '', head: '', value: leaf(text, entry.value), after: '' };
  }
  const indents = { from: from.indent, to: to.indent };
  const value = leaf(shift(entry.value.text, indents), entry.value);
  const after = shift(entry.after, indents);
  const head = to.layout === 'lines' ? entry.head.replace(/(?<=":)$/, ' ') : entry.head;
  return { ...entry, head, before: shift(`\n${entry.before}`, indents).slice(1), value, after };
}

function leaf(text: string, { data }: Value): Leaf {
  return { kind: 'leaf', text, data };
}

interface Placing {
  /** All entries in their canonical order. */
  readonly order: readonly Entry[];
  readonly isSorted: boolean;
}

/**
 * Puts each entry behind the nearest one that precedes it in canonical order; where none does, before the nearest
 * that follows; where there is none at all, at the end.
 */
export function insertEntries(
  entries: readonly Entry[],
  fresh: readonly Entry[],
  { order, isSorted }: Placing,
): Entry[] {
  const isSpaced = entries.length > 1 && entries.slice(1).every(({ before }) => before.startsWith('\n'));
  const result = [...entries];
  const keys = order.map(({ key }) => key);
  for (const entry of fresh) {
    const at = isSorted ? sortedPlace(entry, result) : place(entry, { keys, among: result });
    const needsBlank = isSpaced && at > 0 && !entry.before.startsWith('\n');
    result.splice(at, 0, needsBlank ? { ...entry, before: `\n${entry.before}` } : entry);
  }
  return result;
}

function sortedPlace(entry: Entry, among: readonly Entry[]): number {
  const at = among.findIndex(({ key }) => key > entry.key);
  return at === -1 ? among.length : at;
}

function place(entry: Entry, { keys, among }: { keys: readonly string[]; among: readonly Entry[] }): number {
  const own = keys.indexOf(entry.key);
  const positions = new Map(among.map(({ key }, index) => [key, index]));
  const preceding = keys.slice(0, own).findLast((key) => positions.has(key));
  const following = keys.slice(own + 1).find((key) => positions.has(key));
  if (preceding !== undefined) {
    return (positions.get(preceding) ?? 0) + 1;
  }
  return following === undefined ? among.length : (positions.get(following) ?? 0);
}

/** The user's comments of entries that went, put above the entry that followed them. */
export function keepComments(entry: Entry, comments: readonly string[], { indent }: Container): Entry {
  const lines = comments.map((comment) => `${indent}${comment}\n`).join('');
  return lines === '' ? entry : { ...entry, before: lines + entry.before };
}

/** The frame for entries that come into an empty container: `next`'s, as `mine` shows no layout of its own. */
export function opened(
  { mine, next }: { mine: Container; next: Container },
  indents: { from: string; to: string },
): Container {
  const move = (text: string) => shift(text, indents);
  return {
    ...next,
    prefix: move(next.prefix),
    indent: move(`\n${next.indent}`).slice(1),
    suffix: move(next.suffix),
    data: mine.data,
  };
}

/** What is left of a container whose entries have all gone. */
export function emptied({ kind, separator, prefix, data }: Container): Leaf {
  const text = kind === 'set' ? '[]' : '{}';
  const isWholeFile = separator === '' && prefix === '';
  const afterKey = separator === '' ? ` ${text}` : text;
  return { kind: 'leaf', text: isWholeFile ? '' : afterKey, data };
}
