/** Changes as a unified diff in git's form, so that `git apply` makes of the disk what `apply` would. */

import type { Change, Changes } from './changes.ts';
import { diffLines, type Hunk, linesOf } from './myers.ts';

/** A file as it is before the changes. */
export interface Before {
  readonly text: string;
  readonly isExecutable: boolean;
}

const context = 3;

/** @param readMine what stands at a path that is updated or deleted */
export function unifiedDiff({ changes }: Changes, readMine: (path: string) => Before): string {
  return changes
    .map((change) => fileDiff(change, change.kind === 'create' ? undefined : readMine(change.path)))
    .join('');
}

function fileDiff(change: Change, before: Before | undefined): string {
  const after = change.kind === 'delete' ? undefined : change;
  const [from, to] = [`a/${change.path}`, `b/${change.path}`];
  const body = hunks(linesOf(before?.text ?? ''), linesOf(after?.content ?? ''));
  const names = `--- ${before ? quoted(from) : '/dev/null'}\n+++ ${after ? quoted(to) : '/dev/null'}\n`;
  const header = [`diff --git ${quoted(from)} ${quoted(to)}\n`, ...modeLines(before, after)].join('');
  if (body !== '') {
    return header + names + body;
  }
  // Git wants the hashes of an empty file that comes or goes, as there is no hunk to show it.
  return header + (before && after ? '' : `index ${before ? 'e69de29..0000000' : '0000000..e69de29'}\n`);
}

function modeLines(before: Before | undefined, after: { readonly mode: number } | undefined): string[] {
  const [old, mode] = [
    before?.isExecutable ? '100755' : '100644',
    after?.mode === 0o755 ? '100755' : '100644',
  ];
  if (!before) {
    return [`new file mode ${mode}\n`];
  }
  if (!after) {
    return [`deleted file mode ${old}\n`];
  }
  return old === mode ? [] : [`old mode ${old}\n`, `new mode ${mode}\n`];
}

/** In quotes, with escapes, where git would: a control character, a quote, a backslash, or one beyond ASCII. */
function quoted(path: string): string {
  if (/^[\x20-\x7e]*$/.test(path) && !/["\\]/.test(path)) {
    return path;
  }
  const bytes = [...new TextEncoder().encode(path)];
  const escaped = bytes.map((byte) => {
    const letter = String.fromCharCode(byte);
    const isPlain = byte >= 0x20 && byte < 0x7f;
    return isPlain ? letter.replace(/["\\]/, '\\$&') : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${escaped.join('')}"`;
}

function hunks(before: readonly string[], after: readonly string[]): string {
  return grouped(diffLines(before, after))
    .map((group) => hunk(group, { before, after }))
    .join('');
}

/** Hunks whose context would touch are printed as one. */
function grouped(all: readonly Hunk[]): Hunk[][] {
  const groups: Hunk[][] = [];
  for (const each of all) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group && last && each.aStart - last.aEnd <= 2 * context) {
      group.push(each);
    } else {
      groups.push([each]);
    }
  }
  return groups;
}

interface Lines {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

function hunk(group: readonly Hunk[], { before, after }: Lines): string {
  const [first, last] = [group[0], group.at(-1)];
  if (!first || !last) {
    return '';
  }
  const start = Math.max(0, first.aStart - context);
  const end = Math.min(before.length, last.aEnd + context);
  const bStart = first.bStart - (first.aStart - start);
  const bEnd = last.bEnd + (end - last.aEnd);
  const body: string[] = [];
  let done = start;
  for (const { aStart, aEnd, bStart: from, bEnd: to } of group) {
    body.push(...before.slice(done, aStart).map((line) => marked(' ', line)));
    body.push(...before.slice(aStart, aEnd).map((line) => marked('-', line)));
    body.push(...after.slice(from, to).map((line) => marked('+', line)));
    done = aEnd;
  }
  body.push(...before.slice(done, end).map((line) => marked(' ', line)));
  return `@@ -${range(start, end)} +${range(bStart, bEnd)} @@\n${body.join('')}`;
}

function marked(sign: string, line: string): string {
  return line.endsWith('\n') ? sign + line : `${sign}${line}\n\\ No newline at end of file\n`;
}

/** Lines from 1; of an empty range, the line above it. */
function range(start: number, end: number): string {
  const count = end - start;
  return count === 0 ? `${start},0` : count === 1 ? `${start + 1}` : `${start + 1},${count}`;
}
