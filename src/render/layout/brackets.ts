/** Brackets and strings in a piece of code: enough of the language to find where a list of items ends. */

export const closing: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')' };

/** Index of the bracket that closes the one at `start`, or -1. */
export function matchingEnd(text: string, start: number): number {
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
export function skipString(text: string, at: number): number {
  const quote = text[at] ?? '';
  if (!['"', "'", '`'].includes(quote)) return at;
  const end = text.indexOf(quote, at + 1);
  return end < 0 ? text.length : end;
}

export function splitItems(inner: string): string[] {
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
