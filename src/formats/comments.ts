/** What happens to comments and blanks in a merge: none of the user's is lost, and ours follow what we write. */

import type { Entry, Format } from './document.ts';

/** What the user did not touch follows `next`; what they touched stays. */
export function followed(base: string | undefined, { mine, next }: { mine: string; next: string }): string {
  return base === mine ? next : mine;
}

/** All comments in an entry. */
export function commentsOf({ before, head, value, after }: Entry, { comments }: Format): string[] {
  return comments(`${before}${head}${value.text}${after}`);
}

/** The user's comments on the line of `mine` that have no place on the line that `merged` takes from us. */
export function strayComments(
  { base, mine, merged }: { base: Entry | undefined; mine: Entry; merged: Entry },
  { comments }: Format,
): string[] {
  const beside = (entry: Entry | undefined) => (entry ? comments(`${entry.head}${entry.after}`) : []);
  const there = new Set([...beside(base), ...beside(merged)]);
  return beside(mine).filter((comment) => !there.has(comment));
}

export function withoutComments(text: string, { comments }: Format): string {
  return comments(text).reduce((rest, comment) => rest.replace(comment, '').trimEnd(), text);
}
