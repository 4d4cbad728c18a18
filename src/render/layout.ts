/**
 * Lays generated TypeScript out as the formatter would, because the width of a line depends on the user's names.
 * Knows statements of the shapes that templates use, not the language.
 */

const width = 110;
const closing: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')' };

/** Breaks each line that is too wide at its widest bracket, one item a line, as far as it is needed. */
export function fitLines(text: string): string {
  return text
    .split('\n')
    .map((line) => fitLine(line, ''))
    .join('\n');
}

/** @param tail what follows the last character on its line, such as a comma */
function fitLine(line: string, tail: string): string {
  const group = line.length + tail.length > width ? widestGroup(line) : null;
  if (!group) return line;
  const indent = /^ */.exec(line)?.[0] ?? '';
  const items = splitItems(group.inner).map((item) => `${fitLine(`${indent}  ${item}`, ',')},`);
  return [
    `${line.slice(0, group.start)}${group.open}`,
    ...items,
    `${indent}${group.close}${line.slice(group.end)}`,
  ].join('\n');
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
    if (end < 0) return widest;
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

/** A call whose only argument is an object or a list shares the brackets with it: `f({` and `})`. */
function hugged(group: BracketGroup): BracketGroup {
  const first = group.inner[0] ?? '';
  const isAlone =
    group.open === '(' &&
    (first === '{' || first === '[') &&
    matchingEnd(group.inner, 0) === group.inner.length - 1;
  if (!isAlone) return group;
  return {
    ...group,
    open: `(${first}`,
    close: `${closing[first]})`,
    inner: group.inner.slice(1, -1).trim(),
  };
}

/** Index of the bracket that closes the one at `start`, or -1. */
function matchingEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char in closing) depth++;
    else if (Object.values(closing).includes(char) && --depth === 0) return at;
    else at = skipString(text, at);
  }
  return -1;
}

/** Where a string that starts here ends; the same place where none starts. */
function skipString(text: string, at: number): number {
  const quote = text[at] ?? '';
  if (!['"', "'", '`'].includes(quote)) return at;
  const end = text.indexOf(quote, at + 1);
  return end < 0 ? text.length : end;
}

function splitItems(inner: string): string[] {
  const items: string[] = [];
  let start = 0;
  for (let at = 0; at <= inner.length; at++) {
    const char = inner[at] ?? ',';
    if (char === ',') {
      items.push(inner.slice(start, at).trim());
      start = at + 1;
    } else if (char in closing) at = Math.max(at, matchingEnd(inner, at));
    else at = skipString(inner, at);
  }
  return items.filter((item) => item !== '');
}
