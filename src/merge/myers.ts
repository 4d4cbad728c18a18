/**
 * The differences of two lists of lines: Myers' O(ND) algorithm in linear space (E. W. Myers, 1986). Lines without
 * a counterpart are put aside first: they are in no common subsequence, and most of a rewritten file is such lines.
 */

/** Lines `a[aStart, aEnd)` were replaced by `b[bStart, bEnd)`; one of the two may be empty. */
export interface Hunk {
  readonly aStart: number;
  readonly aEnd: number;
  readonly bStart: number;
  readonly bEnd: number;
}

/** A text's lines, each with its line break; joined they are the text again. */
export function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

/** The hunks that make `b` of `a`, in order; no two of them touch. */
export function diffLines(a: readonly string[], b: readonly string[]): Hunk[] {
  // Numbers are compared many times faster than texts.
  const numbers = new Map([...new Set(a)].map((line, index) => [line, index]));
  const shared = new Set(b.filter((line) => numbers.has(line)));
  const left = numbered(a, { numbers, shared });
  const right = numbered(b, { numbers, shared });
  const pairs: Pair[] = [];
  match(
    { a: left.lines, b: right.lines, pairs },
    { aLo: 0, aHi: left.lines.length, bLo: 0, bHi: right.lines.length },
  );
  return hunksBetween(
    pairs.map(([i, j]) => [at(left.indexes, i), at(right.indexes, j)] as const),
    { aLength: a.length, bLength: b.length },
  );
}

type Pair = readonly [a: number, b: number];

interface Numbering {
  readonly numbers: ReadonlyMap<string, number>;
  readonly shared: ReadonlySet<string>;
}

/** The lines that both lists have, as numbers, and where they stand in theirs. */
function numbered(lines: readonly string[], { numbers, shared }: Numbering) {
  const indexes = Int32Array.from([...lines.keys()].filter((index) => shared.has(lines[index] ?? '')));
  return { indexes, lines: indexes.map((index) => numbers.get(lines[index] ?? '') ?? -1) };
}

function hunksBetween(
  pairs: readonly Pair[],
  { aLength, bLength }: { aLength: number; bLength: number },
): Hunk[] {
  const hunks: Hunk[] = [];
  let [aStart, bStart] = [0, 0];
  for (const [aEnd, bEnd] of [...pairs, [aLength, bLength] as const]) {
    if (aStart < aEnd || bStart < bEnd) {
      hunks.push({ aStart, aEnd, bStart, bEnd });
    }
    [aStart, bStart] = [aEnd + 1, bEnd + 1];
  }
  return hunks;
}

interface Lists {
  readonly a: Int32Array;
  readonly b: Int32Array;
  /** Receives the matching lines, in order. */
  readonly pairs: Pair[];
}

interface Box {
  readonly aLo: number;
  readonly aHi: number;
  readonly bLo: number;
  readonly bHi: number;
}

function match(lists: Lists, { aLo, aHi, bLo, bHi }: Box): void {
  const { a, b, pairs } = lists;
  let [i, j, iEnd, jEnd] = [aLo, bLo, aHi, bHi];
  for (; i < iEnd && j < jEnd && a[i] === b[j]; i += 1, j += 1) {
    pairs.push([i, j]);
  }
  while (i < iEnd && j < jEnd && a[iEnd - 1] === b[jEnd - 1]) {
    iEnd -= 1;
    jEnd -= 1;
  }
  if (i < iEnd && j < jEnd) {
    const [iMid, jMid] = middle(lists, { aLo: i, aHi: iEnd, bLo: j, bHi: jEnd });
    match(lists, { aLo: i, aHi: iMid, bLo: j, bHi: jMid });
    match(lists, { aLo: iMid, aHi: iEnd, bLo: jMid, bHi: jEnd });
  }
  for (; iEnd < aHi; iEnd += 1, jEnd += 1) {
    pairs.push([iEnd, jEnd]);
  }
}

/**
 * A point on a shortest edit path through the box, about half-way: paths are grown from both corners, one edit at a
 * time, until they meet. `forward[k]` is the furthest x on diagonal k = x - y from the start, `backward[k]` the
 * nearest from the end.
 */
function middle({ a, b }: Lists, { aLo, aHi, bLo, bHi }: Box): Pair {
  const [n, m] = [aHi - aLo, bHi - bLo];
  const delta = n - m;
  const limit = Math.ceil((n + m) / 2);
  const offset = limit + 1;
  const forward = new Int32Array(2 * limit + 3);
  const backward = new Int32Array(2 * limit + 3).fill(n);
  for (let edits = 0; edits <= limit; edits += 1) {
    for (let k = -edits; k <= edits; k += 2) {
      const down = k === -edits || (k !== edits && at(forward, offset + k - 1) < at(forward, offset + k + 1));
      let x = edits === 0 ? 0 : down ? at(forward, offset + k + 1) : at(forward, offset + k - 1) + 1;
      while (x < n && x - k < m && a[aLo + x] === b[bLo + x - k]) {
        x += 1;
      }
      forward[offset + k] = x;
      const opposite = k - delta;
      if (delta % 2 !== 0 && Math.abs(opposite) < edits && x >= at(backward, offset + opposite)) {
        return [aLo + x, bLo + x - k];
      }
    }
    for (let k = -edits; k <= edits; k += 2) {
      const up = k === edits || (k !== -edits && at(backward, offset + k - 1) < at(backward, offset + k + 1));
      let x = edits === 0 ? n : up ? at(backward, offset + k - 1) : at(backward, offset + k + 1) - 1;
      while (x > 0 && x - k - delta > 0 && a[aLo + x - 1] === b[bLo + x - k - delta - 1]) {
        x -= 1;
      }
      backward[offset + k] = x;
      const opposite = k + delta;
      if (delta % 2 === 0 && Math.abs(opposite) <= edits && x <= at(forward, offset + opposite)) {
        return [aLo + x, bLo + x - opposite];
      }
    }
  }
  throw new Error('Two lists have no edit path');
}

function at(array: Int32Array, index: number): number {
  return array[index] ?? 0;
}
