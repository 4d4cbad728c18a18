/** "Did you mean": the nearest known word to a mistyped one. */

/** The nearest of the words, or null where none is near. */
export function nearest(word: string, words: Iterable<string>): string | null {
  let best: string | null = null;
  // Every letter wrong is another word, however short.
  let bestDistance = Math.min(Math.max(2, Math.floor(word.length / 3)), word.length - 1) + 1;
  for (const candidate of words) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** A hint for a mistyped word, or undefined where none is near. */
export function didYouMean(word: string, words: Iterable<string>): string | undefined {
  const known = nearest(word, words);
  return known ? `Did you mean "${known}"?` : undefined;
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
