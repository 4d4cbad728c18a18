/** Formats of one entry a line: environment files (a map) and ignore files (a set). */

import {
  type Container,
  type Entry,
  type Format,
  FormatError,
  type KeyedDocument,
  withText,
  withUniqueKeys,
} from './document.ts';
import { splitHeader } from './header.ts';

export const env: Format = {
  name: 'an environment file',
  parse: (text) => document(text, { kind: 'map', entryOf: envEntry }),
  comments: lineComments,
  inline: (key, data) => `${key}=${String(data)}`,
};

export const ignore: Format = {
  name: 'an ignore file',
  parse: (text) => document(text, { kind: 'set', entryOf: ignoreEntry }),
  comments: lineComments,
  inline: (_key, data) => String(data),
};

type EntryOf = (lines: readonly string[], index: number) => { entry: Entry; lines: number } | undefined;

function document(
  text: string,
  { kind, entryOf }: { kind: Container['kind']; entryOf: EntryOf },
): KeyedDocument {
  const lines = text.split('\n');
  const entries: Entry[] = [];
  let before = '';
  for (let index = 0; index < lines.length; ) {
    const found = entryOf(lines, index);
    if (found) {
      entries.push({ ...found.entry, before });
      before = '';
    } else {
      before += `${lines[index]}\n`;
    }
    index += found?.lines ?? 1;
  }
  const rest = before.slice(0, -1);
  const [lead, firstBefore] = splitHeader(entries[0]?.before ?? '');
  const own = entries.map((entry, index) => (index === 0 ? { ...entry, before: firstBefore } : entry));
  const isEmpty = entries.length === 0;
  const root = withText({
    kind,
    layout: 'lines',
    prefix: '',
    entries: withUniqueKeys(own),
    suffix: '',
    indent: '',
    bullet: '',
    separator: '',
    trailing: false,
    gap: '',
    data: Object.fromEntries(own.map((entry) => [entry.key, entry.value.data])),
  });
  const endsWithEntry = text.length === lead.length + root.text.length;
  return { lead: isEmpty ? text : lead, root, trail: isEmpty || endsWithEntry ? '' : `\n${rest}` };
}

function envEntry(lines: readonly string[], index: number): { entry: Entry; lines: number } | undefined {
  const line = lines[index] ?? '';
  const start = /^(\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=[ \t]*)(.*)$/.exec(line);
  if (!start) {
    if (/^\s*(#|$)/.test(line)) {
      return;
    }
    throw new FormatError(`"${line.trim()}" has no "="`, { line: index + 1, column: 1 });
  }
  const [, head = '', key = '', rest = ''] = start;
  const quote = /^(["'`])/.exec(rest)?.[1];
  let value = rest;
  let count = 1;
  while (quote && !value.slice(1).includes(quote) && index + count < lines.length) {
    value += `\n${lines[index + count]}`;
    count += 1;
  }
  return {
    entry: { key, before: '', head, value: { kind: 'leaf', text: value, data: value.trimEnd() }, after: '' },
    lines: count,
  };
}

function ignoreEntry(lines: readonly string[], index: number): { entry: Entry; lines: number } | undefined {
  const text = lines[index] ?? '';
  const key = text.trimEnd();
  return key === '' || key.startsWith('#')
    ? undefined
    : { entry: { key, before: '', head: '', value: { kind: 'leaf', text, data: key }, after: '' }, lines: 1 };
}

function lineComments(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.trimStart().startsWith('#'))
    .map((line) => line.trim());
}
