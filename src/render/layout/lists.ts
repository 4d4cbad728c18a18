/** Lists that a template writes one item a line, and that fit on one. */

import { width } from './wide.ts';

const expanded = /^(.*\[)\n((?: +[^\s/].*,\n)+)( *)(\].*)$/gm;

/** Joins such lists. Several objects stay below each other, as the formatter leaves them. */
export function joinLists(text: string): string {
  return text.replace(expanded, (whole, head: string, body: string, indent: string, tail: string) => {
    const items = body.split('\n').slice(0, -1);
    const isFlat = items.every((item) => /^ */.exec(item)?.[0].length === indent.length + 2);
    const areObjects = items.length > 1 && items.every((item) => /^ *[{[]/.test(item));
    const line = `${head}${items.map((item) => item.trim().slice(0, -1)).join(', ')}${tail}`;
    return isFlat && !areObjects && line.length <= width ? line : whole;
  });
}
