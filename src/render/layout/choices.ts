/** Conditional expressions that a template writes over three lines, and that fit on one. */

import { width } from './wide.ts';

const expanded = /^( *\S.*)\n +(\? .*)\n +(: .*;)$/gm;

export function joinChoices(text: string): string {
  return text.replace(expanded, (whole, ...parts: string[]) => {
    const line = parts.slice(0, 3).join(' ');
    return line.length <= width ? line : whole;
  });
}
