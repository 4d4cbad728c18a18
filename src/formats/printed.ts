/**
 * Documents that a generated system prints from its contracts (`npm run contracts`), and that are rendered as it prints
 * them: JSON with the keys of every object in order.
 */

import { canonical } from './document.ts';

const printedFile = /(?:^|\/)contracts\/(?:asyncapi|openapi\/[^/]+)\.json$/;

export function isPrinted(path: string): boolean {
  return printedFile.test(path);
}

/** The text of such a document. */
export function printSorted(document: unknown): string {
  return `${JSON.stringify(JSON.parse(canonical(document)), null, 2)}\n`;
}
