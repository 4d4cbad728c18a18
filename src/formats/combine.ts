/** The three-way merge of two edits of a keyed document: values and keys. How texts are moved is in `graft.ts`. */

import { type Findings, reportClash, settleClash } from './clash.ts';
import { commentsOf, followed, strayComments, withoutComments } from './comments.ts';
import {
  type Container,
  canonical,
  type Entry,
  type KeyedDocument,
  type Leaf,
  shift,
  type Value,
  withText,
} from './document.ts';
import { emptied, graftEntry, insertEntries, keepComments, opened } from './graft.ts';
import type { Rules } from './rules.ts';

/** `base` is absent where there is no common ancestor: then what is equal stays, and the rest is united. */
export interface Sides<T> {
  readonly base: T | undefined;
  readonly mine: T;
  readonly next: T;
}

interface Context {
  readonly rules: Rules;
  readonly findings: Findings;
}

/** A place in the file: its keys, and the indentation there in `next` and in `mine`. */
interface Site {
  readonly keys: readonly string[];
  readonly from: string;
  readonly to: string;
  /** Whether `mine` has on one line what `next` has on several. */
  readonly isFlat: boolean;
}

/** `theirs`: the value is `next`'s as it stands there, and so belongs behind `next`'s key. */
interface Merged {
  readonly value: Value;
  readonly theirs: boolean;
}

export function combine({ base, mine, next }: Sides<KeyedDocument>, context: Context): KeyedDocument {
  const sides = { base: base?.root, mine: mine.root, next: next.root };
  const { value, theirs } = mergeValue(sides, { keys: [], from: '', to: '', isFlat: false }, context);
  const isEmpty = mine.root.kind !== 'leaf' && mine.root.entries.length === 0;
  const lead = followed(base?.lead, { mine: mine.lead, next: next.lead });
  return {
    lead: isEmpty && theirs && lead !== '' && !lead.endsWith('\n') ? `${lead}\n` : lead,
    root: value,
    trail: isEmpty && theirs ? next.trail : followed(base?.trail, { mine: mine.trail, next: next.trail }),
  };
}

function mergeValue({ base, mine, next }: Sides<Value>, site: Site, context: Context): Merged {
  const ofNext = { value: moved(next, site, context), theirs: !site.isFlat };
  const ofMine = { value: mine, theirs: false };
  if (base?.text === mine.text) {
    return ofNext;
  }
  if (base?.text === next.text) {
    return ofMine;
  }
  if (mine.kind !== 'leaf' && next.kind === mine.kind) {
    return mergeContainer({ base: base?.kind === mine.kind ? base : undefined, mine, next }, site, context);
  }
  if (isSame(mine, next) || isSame(base, next) || (!base && isVoid(next))) {
    return ofMine;
  }
  if (isSame(base, mine) || (!base && isVoid(mine))) {
    return ofNext;
  }
  return settleClash(mine, ofNext.value, { keys: site.keys, ...context }) === mine ? ofMine : ofNext;
}

function isSame(a: Value | undefined, b: Value): boolean {
  return a !== undefined && canonical(a.data) === canonical(b.data);
}

/** A key without a value, as `volumes:` in YAML. */
function isVoid({ text }: Value): boolean {
  return text === '';
}

function moved({ text, data }: Value, site: Site, { rules }: Context): Leaf {
  return { kind: 'leaf', text: site.isFlat ? rules.format.inline(undefined, data) : shift(text, site), data };
}

function mergeContainer(
  { base, mine, next }: Sides<Container | undefined> & { mine: Container; next: Container },
  site: Site,
  context: Context,
): Merged {
  const known = { base: byKey(base), mine: byKey(mine), next: byKey(next) };
  const isFlat = mine.layout === 'inline' && next.layout === 'lines';
  const entries: Entry[] = [];
  let orphans: string[] = [];
  for (const entry of mine.entries) {
    const inner = { keys: [...site.keys, entry.key], from: next.indent, to: mine.indent, isFlat };
    const sides = { base: known.base.get(entry.key), mine: entry, next: known.next.get(entry.key) };
    const kept = mergeEntry(sides, inner, context);
    if (kept.entry) {
      entries.push(keepComments(kept.entry, orphans, mine));
    }
    orphans = kept.entry ? [] : [...orphans, ...kept.comments];
  }
  const frame = mine.entries.length === 0 ? opened({ mine, next }, site) : mine;
  const isFresh = ({ key }: Entry) => !known.base.has(key) && !known.mine.has(key);
  const fresh = grafted(next.entries.filter(isFresh), { mine, next, frame }, context);
  const isSorted = context.rules.isSorted(site.keys);
  const merged = insertEntries(entries, fresh, { order: next.entries, isSorted });
  if (merged.length === 0) {
    return { value: mine.entries.length === 0 ? mine : emptied(mine), theirs: false };
  }
  const isAlike = frame === mine && mine.layout === next.layout;
  const sides = { mine: frame.suffix, next: isAlike ? shift(next.suffix, site) : frame.suffix };
  const end = orphans.map((comment) => `\n${mine.indent}${comment}`).join('');
  const suffix = end + followed(base?.suffix, sides);
  return { value: withText({ ...frame, entries: merged, suffix }), theirs: frame !== mine };
}

/** New entries of `next` as they would stand in `frame`; comments in an empty `mine` go above the first. */
function grafted(
  entries: readonly Entry[],
  { mine, next, frame }: { mine: Container; next: Container; frame: Container },
  { rules: { format } }: Context,
): Entry[] {
  const lost = mine.entries.length === 0 ? format.comments(mine.text) : [];
  return entries.map((entry, index) =>
    keepComments(graftEntry(entry, { from: next, to: frame, format }), index === 0 ? lost : [], frame),
  );
}

function byKey(container: Container | undefined): ReadonlyMap<string, Entry> {
  return new Map(container?.entries.map((entry) => [entry.key, entry]));
}

interface EntrySides {
  readonly base: Entry | undefined;
  readonly mine: Entry;
  readonly next: Entry | undefined;
}

/** The entry as it will stand, or the user's comments on one that goes. */
type Kept = { readonly entry: Entry } | { readonly entry?: undefined; readonly comments: readonly string[] };

function mergeEntry({ base, mine, next }: EntrySides, site: Site, context: Context): Kept {
  if (!next) {
    return base ? removeEntry({ base, mine }, site, context) : { entry: mine };
  }
  const { value, theirs } = mergeValue(
    { base: base?.value, mine: mine.value, next: next.value },
    site,
    context,
  );
  const { format } = context.rules;
  const takesLines = theirs && value.text.includes('\n');
  const isEmptied = value.kind === 'leaf' && mine.value.kind !== 'leaf' && !theirs;
  const head = theirs && next.head !== base?.head ? next.head : mine.head;
  const before = { mine: mine.before, next: shift(`\n${next.before}`, site).slice(1) };
  const after = { mine: mine.after, next: shift(next.after, site) };
  const merged = {
    ...mine,
    before: followed(base?.before, before),
    head: isEmptied ? withoutComments(head, format) : head,
    value,
    after: takesLines ? after.next : followed(base?.after, after),
  };
  const strays = strayComments({ base, mine, merged }, format).map((comment) => `${site.to}${comment}\n`);
  return { entry: { ...merged, before: merged.before + strays.join('') } };
}

/** We no longer have the key: it goes with our comments, but not with a value that the user changed. */
function removeEntry({ base, mine }: { base: Entry; mine: Entry }, site: Site, context: Context): Kept {
  const { format } = context.rules;
  const ours = new Set(commentsOf(base, format));
  const comments = commentsOf(mine, format).filter((comment) => !ours.has(comment));
  if (isSame(base.value, mine.value)) {
    return { comments };
  }
  if (mine.value.kind === 'leaf' || base.value.kind !== mine.value.kind || context.rules.isWhole(site.keys)) {
    reportClash({ keys: site.keys, mine: mine.value, next: undefined }, context.findings);
    return { entry: mine };
  }
  const next = withText({ ...base.value, entries: [] });
  const { value } = mergeContainer({ base: base.value, mine: mine.value, next }, site, context);
  return value.kind === 'leaf' ? { comments } : { entry: { ...mine, value } };
}
