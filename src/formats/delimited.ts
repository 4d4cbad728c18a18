/** Containers between brackets with commas: JSON, and the flow style of YAML. */

import {
  type Container,
  canonical,
  containerOrLeaf,
  type Entry,
  type Value,
  withUniqueKeys,
} from './document.ts';

/** One property or element: offsets into the source, and its value if its inside matters. */
export interface Item {
  /** Absent in a set. */
  readonly key?: string;
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
  readonly value: Value;
}

interface Span {
  /** Offset of the opening bracket. */
  readonly start: number;
  /** Offset behind the closing bracket. */
  readonly end: number;
}

/** Takes the container apart that covers `span`. */
export function delimited(
  source: string,
  { span, items, kind, data }: { span: Span; items: readonly Item[]; kind: Container['kind']; data: unknown },
): Value {
  const text = source.slice(span.start, span.end);
  const first = items[0];
  const frame = { kind, indent: '', bullet: '', separator: ',', trailing: false, gap: ' ', data } as const;
  if (!first) {
    const parts = {
      ...frame,
      layout: 'inline',
      prefix: text.slice(0, 1),
      entries: [],
      suffix: text.slice(1),
    } as const;
    return containerOrLeaf(text, parts, data);
  }
  const gaps = items.map((item, index) => source.slice(item.end, items[index + 1]?.start ?? span.end));
  const opening = source.slice(span.start, first.start);
  const pieces = { items, gaps, opening };
  const layout = opening.includes('\n') ? lines(source, pieces) : inline(source, pieces);
  return containerOrLeaf(text, layout && { ...frame, ...layout }, data);
}

interface Pieces {
  readonly items: readonly Item[];
  /** What follows each item, up to the next one or to the end. */
  readonly gaps: readonly string[];
  /** From the opening bracket to the first item. */
  readonly opening: string;
}

function entryOf(source: string, item: Item): Entry {
  return {
    key: item.key ?? canonical(item.value.data),
    before: '',
    head: source.slice(item.start, item.valueStart),
    value: item.value,
    after: '',
  };
}

function inline(source: string, { items, gaps, opening }: Pieces) {
  const suffix = gaps.at(-1) ?? '';
  const entries = withUniqueKeys(items.map((item) => entryOf(source, item)));
  return {
    layout: 'inline',
    prefix: opening,
    entries,
    suffix,
    gap: gaps.length > 1 ? (gaps[0]?.slice(1) ?? '') : ' ',
  } as const;
}

function lines(source: string, { items, gaps, opening }: Pieces) {
  const start = /^([^\n]*\n)((?:.*\n)*)([ \t]*)(.*)$/.exec(opening);
  const end = /^(,?)([^\n]*)(\n[\s\S]*)$/.exec(gaps.at(-1) ?? '');
  if (!start || !end) {
    return;
  }
  const entries: Entry[] = [];
  // A comment may stand before the key on its line.
  let [before = '', , lead = ''] = start.slice(2);
  for (const [index, item] of items.entries()) {
    const between = /^,([^\n]*)\n((?:.*\n)*)[ \t]*(.*)$/.exec(gaps[index] ?? '');
    const after = index < items.length - 1 ? between?.[1] : end[2];
    const entry = entryOf(source, item);
    entries.push({ ...entry, before, head: lead + entry.head, after: after ?? '' });
    [before = '', lead = ''] = between?.slice(2) ?? [];
  }
  return {
    layout: 'lines',
    prefix: start[1] ?? '',
    entries: withUniqueKeys(entries),
    suffix: end[3] ?? '',
    indent: start[3] ?? '',
    trailing: end[1] === ',',
  } as const;
}
