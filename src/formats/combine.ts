/** The three-way merge of two edits of a keyed document: values and keys. How texts are moved is in `graft.ts`. */

import { type Container, canonical, type Entry, type Format, type KeyedDocument, shift, type Value, withText } from './document.ts';
import { emptied, graftEntry, insertEntries, keepComments, opened } from './graft.ts';
import type { Rules } from './rules.ts';
import { higherRange } from './ranges.ts';

/** `base` is absent where there is no common ancestor: then what is equal stays, and the rest is united. */
export interface Sides<T> {
  readonly base: T | undefined;
  readonly mine: T;
  readonly next: T;
}

export interface KeyConflict {
  readonly keys: readonly string[];
  readonly mine: string;
  /** Absent where we removed the key. */
  readonly next: string | undefined;
}

/** What the merge found out on its way; filled by it. */
export interface Findings {
  readonly conflicts: KeyConflict[];
  readonly notes: string[];
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
  const lead = piece(base?.lead, mine.lead, next.lead);
  return {
    lead: isEmpty && theirs && lead !== '' && !lead.endsWith('\n') ? `${lead}\n` : lead,
    root: value,
    trail: isEmpty && theirs ? next.trail : piece(base?.trail, mine.trail, next.trail),
  };
}

/** Comments and blanks: what the user did not touch follows `next`, what they touched stays. */
function piece(base: string | undefined, mine: string, next: string): string {
  return base === mine ? next : mine;
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
  return clash({ ofMine, ofNext }, site, context);
}

function isSame(a: Value | undefined, b: Value): boolean {
  return a !== undefined && canonical(a.data) === canonical(b.data);
}

/** A key without a value, as `volumes:` in YAML. */
function isVoid({ text }: Value): boolean {
  return text === '';
}

function moved({ text, data }: Value, site: Site, { rules }: Context): Value {
  return { kind: 'leaf', text: site.isFlat ? rules.format.inline(undefined, data) : shift(text, site), data };
}

/** Both sides changed one value. */
function clash({ ofMine, ofNext }: { ofMine: Merged; ofNext: Merged }, { keys }: Site, { rules, findings }: Context): Merged {
  const [mine, next] = [ofMine.value, ofNext.value];
  if (rules.isRange(keys)) {
    const higher = higherRange(String(mine.data), String(next.data));
    if (higher !== undefined) {
      const [kept, other] = higher === mine.data ? [mine, next] : [next, mine];
      findings.notes.push(`${keys.join('.')} is ${kept.text}, the higher one of it and ${other.text}`);
      return kept === mine ? ofMine : ofNext;
    }
  }
  findings.conflicts.push({ keys, mine: mine.text.trim(), next: next.text.trim() });
  return ofMine;
}

function mergeContainer({ base, mine, next }: Sides<Container | undefined> & { mine: Container; next: Container }, site: Site, context: Context): Merged {
  const known = { base: byKey(base), next: byKey(next) };
  const isFlat = mine.layout === 'inline' && next.layout === 'lines';
  let entries: Entry[] = [];
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
  const fresh = next.entries.filter((entry) => !known.base.has(entry.key) && !entries.some(({ key }) => key === entry.key));
  const { format } = context.rules;
  const lost = mine.entries.length === 0 ? format.comments(mine.text) : [];
  const grafted = fresh.map((entry, index) =>
    keepComments(graftEntry(entry, { from: next, to: frame, format }), index === 0 ? lost : [], frame),
  );
  entries = insertEntries(entries, grafted, { order: next.entries, isSorted: context.rules.isSorted(site.keys) });
  if (entries.length === 0) {
    return { value: mine.entries.length === 0 ? mine : emptied(mine), theirs: false };
  }
  const end = orphans.map((comment) => `\n${mine.indent}${comment}`).join('');
  const suffix = end + piece(base?.suffix, frame.suffix, frame === mine ? shift(next.suffix, site) : frame.suffix);
  return { value: withText({ ...frame, entries, suffix }), theirs: frame !== mine };
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
  const { value, theirs } = mergeValue({ base: base?.value, mine: mine.value, next: next.value }, site, context);
  const { format } = context.rules;
  const takesLines = theirs && value.text.includes('\n');
  const isEmptied = value.kind === 'leaf' && mine.value.kind !== 'leaf' && !theirs;
  const head = theirs && next.head !== base?.head ? next.head : mine.head;
  const entry = {
    ...mine,
    before: piece(base?.before, mine.before, shift(`\n${next.before}`, site).slice(1)),
    head: isEmptied ? withoutComments(head, format) : head,
    value,
    after: takesLines ? shift(next.after, site) : piece(base?.after, mine.after, shift(next.after, site)),
  };
  const there = new Set(format.comments(`${base?.head}${base?.after}\n${entry.head}${entry.after}`));
  const strays = format.comments(mine.head + mine.after).filter((comment) => !there.has(comment));
  const above = strays.map((comment) => `${site.to}${comment}\n`).join('');
  return { entry: { ...entry, before: entry.before + above } };
}

function withoutComments(text: string, { comments }: Format): string {
  return comments(text).reduce((rest, comment) => rest.replace(comment, '').trimEnd(), text);
}

/** We no longer have the key: it goes with our comments, but not with a value that the user changed. */
function removeEntry({ base, mine }: { base: Entry; mine: Entry }, site: Site, { rules, findings }: Context): Kept {
  const ours = new Set(commentsOf(base, rules));
  const comments = commentsOf(mine, rules).filter((comment) => !ours.has(comment));
  if (isSame(base.value, mine.value)) {
    return { comments };
  }
  if (mine.value.kind === 'leaf' || base.value.kind !== mine.value.kind || rules.isWhole(site.keys)) {
    findings.conflicts.push({ keys: site.keys, mine: mine.value.text.trim(), next: undefined });
    return { entry: mine };
  }
  const next = withText({ ...base.value, entries: [] });
  const { value } = mergeContainer({ base: base.value, mine: mine.value, next }, site, { rules, findings });
  return value.kind === 'leaf' ? { comments } : { entry: { ...mine, value } };
}

function commentsOf(entry: Entry, { format }: Rules): string[] {
  return format.comments(`${entry.before}${entry.head}${entry.value.text}${entry.after}`);
}
