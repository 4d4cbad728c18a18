/** Breaks a line of code that is too wide. */

import { closing, matchingEnd, skipString, splitItems } from './brackets.ts';

export const width = 110;

/** The formatter leaves an import of one name on its line, however wide. */
const isOneImport = /^import (?:type )?\{ [^,]+ \} from /;

/**
 * Breaks a line behind a condition, at an arrow, at the calls of a chain, or at its widest bracket, one item a line, as
 * far as it is needed.
 * @param tail what follows the last character on its line, such as a comma
 */
export function fitLine(line: string, tail: string): string {
  if (line.length + tail.length <= width) return line;
  if (isOneImport.test(line)) return line;
  const indent = ' '.repeat(/^ *(?:[?:] )?/.exec(line)?.[0].length ?? 0);
  const text = /^( *(?:export )?const \w+ =) ((?:'[^']*'|`[^`]*`);)$/.exec(line);
  if (text) return `${text[1]}\n${indent}  ${text[2]}`;
  const [, condition, then] = /^( *if \([^()]*\)) (.+;)$/.exec(line) ?? [];
  if (condition && then) return `${condition}\n${fitLine(`${indent}  ${then}`, tail)}`;
  const body = arrowBody(line);
  if (body > 0) return `${line.slice(0, body)}\n${fitLine(`${indent}  ${line.slice(body + 1)}`, tail)}`;
  const [head, ...calls] = chainParts(line);
  if (head && calls.length > 1)
    return [head, ...calls.map((call) => fitLine(`${indent}  ${call}`, ''))].join('\n');
  const group = widestGroup(line);
  if (!group) return line;
  const items = splitItems(group.inner).map((item) => `${fitLine(`${indent}  ${item}`, ',')},`);
  return [
    `${line.slice(0, group.start)}${group.open}`,
    ...items,
    `${indent}${group.close}${line.slice(group.end)}`,
  ].join('\n');
}

/** Where the expression begins that an arrow function outside of any bracket gives back; 0 where there is none. */
function arrowBody(line: string): number {
  let arrow = 0;
  for (let at = 0; at < line.length; at++) {
    if (line.startsWith('=> ', at)) arrow = at + 2;
    at = closing[line[at] ?? ''] ? Math.max(at, matchingEnd(line, at)) : skipString(line, at);
  }
  return /^ [\w.]+\(/.test(line.slice(arrow)) ? arrow : 0;
}

/** A chain of calls in its parts: what it starts from, then each `.name(...)`. */
function chainParts(line: string): readonly string[] {
  const starts: number[] = [];
  for (let at = 0; at < line.length; at++) {
    if (/^\.\w+\(/.test(line.slice(at))) starts.push(at);
    at = closing[line[at] ?? ''] ? Math.max(at, matchingEnd(line, at)) : skipString(line, at);
  }
  return [line.slice(0, starts[0]), ...starts.map((start, index) => line.slice(start, starts[index + 1]))];
}

interface BracketGroup {
  readonly open: string;
  readonly close: string;
  readonly inner: string;
  readonly start: number;
  readonly end: number;
}

function widestGroup(line: string): BracketGroup | null {
  let widest: BracketGroup | null = null;
  for (let at = 0; at < line.length; at++) {
    const close = closing[line[at] ?? ''];
    if (!close) {
      at = skipString(line, at);
      continue;
    }
    const end = matchingEnd(line, at);
    if (end < 0) break;
    // What is taken apart stays on the line of the call that gives it.
    if (/^ *const $/.test(line.slice(0, at)) && /^ = \w+\(/.test(line.slice(end + 1))) {
      at = end;
      continue;
    }
    // Parentheses around an expression hold no list; what can be broken is inside them.
    if (
      line[at] === '(' &&
      !/[\w>)\]]$/.test(line.slice(0, at)) &&
      !/^\)\s*(?::[^=]*)?=>/.test(line.slice(end))
    )
      continue;
    const group = {
      open: line[at] ?? '',
      close,
      inner: line.slice(at + 1, end).trim(),
      start: at,
      end: end + 1,
    };
    if (group.inner && (!widest || group.inner.length > widest.inner.length)) widest = group;
    at = end;
  }
  return widest && hugged(widest);
}

/**
 * A last argument that is an object or a list shares its brackets with the call where all before it fits on the line:
 * `f(a, {` and `})`. So does a parameter that is taken apart: `({` and `}: Type)`. An arrow function as the only
 * argument keeps its parameters there: `f((tx) =>`.
 */
function hugged(group: BracketGroup): BracketGroup {
  const items = splitItems(group.inner);
  const last = items.at(-1) ?? '';
  const arrow = items.length === 1 && group.open === '(' ? arrowBody(last) : 0;
  if (arrow > 0) return { ...group, open: `(${last.slice(0, arrow)}`, inner: last.slice(arrow + 1) };
  const open = last[0] ?? '';
  const end = open === '{' || open === '[' ? matchingEnd(last, 0) : -1;
  const others = items.slice(0, -1);
  if (group.open !== '(' || end < 0 || others.some((item) => /^[{[]/.test(item))) return group;
  const type = last.slice(end + 1);
  const head = `(${others.map((item) => `${item}, `).join('')}${open}`;
  if (!/^(?:: [\w<>.]+)?$/.test(type) || group.start + head.length > width) return group;
  return { ...group, open: head, close: `${closing[open]}${type})`, inner: last.slice(1, end).trim() };
}
