/** Containers of whole lines, told apart by indentation: the block style of YAML. */

import {
  type Container,
  canonical,
  containerOrLeaf,
  type Entry,
  type Value,
  withUniqueKeys,
} from './document.ts';

/** From the line break before the first line (the start of the text in the root) to the end of the last line. */
export interface Region {
  readonly start: number;
  readonly end: number;
}

export interface BlockItem {
  /** Absent in a set. */
  readonly key?: string;
  readonly start: number;
  readonly valueStart: number;
  /** Behind the last character of the value; a comment may follow on the same line. */
  readonly contentEnd: number;
  /** Whether the value is itself in block style, and so takes the rest of its lines. */
  readonly fills?: boolean;
  /** Takes the value apart; `end` is where its lines end. */
  readonly valueOf: (end: number) => Value;
}

interface Parts {
  readonly region: Region;
  readonly items: readonly BlockItem[];
  readonly kind: Container['kind'];
  readonly data: unknown;
}

export function blockContainer(text: string, { region, items, kind, data }: Parts): Value {
  const bullet = kind === 'set' ? '- ' : '';
  const prefix = text[region.start] === '\n' ? '\n' : '';
  const indent = indentOf(text, (items[0]?.start ?? 0) - bullet.length);
  const starts = items.map((item) => text.lastIndexOf('\n', item.start - 1) + 1);
  const entries: Entry[] = [];
  let before = text.slice(region.start + prefix.length, starts[0]);
  let suffix = '';
  for (const [index, item] of items.entries()) {
    const isLast = index === items.length - 1;
    const lineEnd = endOfLine(text, item.contentEnd);
    const gap = text.slice(lineEnd, isLast ? region.end : starts[index + 1]);
    const tail = deeperLines(gap, indent);
    entries.push({ ...entryOf(text, { item, lineEnd, end: lineEnd + tail.length }), before });
    before = gap.slice(tail.length + 1);
    suffix = gap.slice(tail.length);
  }
  const frame = { prefix, suffix, indent, bullet, separator: '', trailing: false, gap: '' };
  const parts = { ...frame, kind, layout: 'lines', entries: withUniqueKeys(entries), data } as const;
  return containerOrLeaf(text.slice(region.start, region.end), parts, data);
}

function entryOf(
  text: string,
  { item, lineEnd, end }: { item: BlockItem; lineEnd: number; end: number },
): Entry {
  const value = item.valueOf(end);
  const after = item.fills ? '' : text.slice(item.contentEnd, lineEnd) + text.slice(lineEnd, end);
  const key = item.key ?? canonical(value.data);
  return { key, before: '', head: text.slice(item.start, item.valueStart), value, after };
}

/** The leading lines of a gap, up to the last one that is indented more deeply than `indent`. */
function deeperLines(gap: string, indent: string): string {
  const lines = gap.split('\n');
  const last = lines.findLastIndex((line) => line.startsWith(`${indent} `) && line.trim() !== '');
  return lines.slice(0, last + 1).join('\n');
}

function indentOf(text: string, offset: number): string {
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
}

function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end;
}
