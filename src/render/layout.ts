/**
 * Lays generated TypeScript out as the formatter would, because the width of a line depends on the user's names.
 * Knows the shapes of code that templates have, not the language.
 */

import { fitBlocks } from './layout/blocks.ts';
import { joinChoices } from './layout/choices.ts';
import { joinLists } from './layout/lists.ts';
import { fitLine } from './layout/wide.ts';

/** Joins lists and choices that fit on one line, and breaks what does not fit. */
export function layOut(text: string): string {
  return fitLines(fitBlocks(joinLists(joinChoices(text)).split('\n'))).join('\n');
}

/** A comment is no code, and neither is a template literal over several lines. */
function fitLines(lines: readonly string[]): readonly string[] {
  let isInText = false;
  return lines.map((line) => {
    if (!isInText && /^\s*(?:\/[/*]|\*)/.test(line)) return line;
    const wasInText = isInText;
    const quotes = line.match(/(?<!\\)`/g)?.length ?? 0;
    isInText = isInText !== (quotes % 2 === 1);
    return wasInText || isInText ? line : fitLine(line, '');
  });
}
