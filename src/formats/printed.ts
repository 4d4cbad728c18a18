/**
 * Documents that a generated system prints from its contracts (`npm run contracts`), and that are rendered as it prints
 * them: JSON with the keys of every object in order.
 */

import { differ } from './clash.ts';
import { canonical } from './document.ts';

const printedFile = /(?:^|\/)contracts\/(?:asyncapi|openapi\/[^/]+)\.json$/;

export function isPrinted(path: string): boolean {
  return printedFile.test(path);
}

/**
 * Folds the fragments of such a document. As nothing but their values reaches its text, they are folded as values.
 * @throws Error that names the file and the key when two fragments differ in a value
 */
export function foldPrinted(path: string, fragments: readonly string[]): string {
  const values = fragments.map((text): unknown => JSON.parse(text));
  const document = values.reduce((all, value) => united(all, value, { path, keys: [] }));
  return `${JSON.stringify(JSON.parse(canonical(document)), null, 2)}\n`;
}

interface Site {
  readonly path: string;
  readonly keys: readonly string[];
}

function united(one: unknown, other: unknown, site: Site): unknown {
  if (isMap(one) && isMap(other)) {
    const common = Object.keys(other).filter((key) => Object.hasOwn(one, key));
    const both = common.map((key) => [
      key,
      united(one[key], other[key], { ...site, keys: [...site.keys, key] }),
    ]);
    return { ...one, ...other, ...Object.fromEntries(both) };
  }
  const [text, otherText] = [canonical(one), canonical(other)];
  if (text === otherText) return one;
  throw differ(site.path, { keys: site.keys, one: text, other: otherText });
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
