/** The three-way merge of texts by line. Edits that overlap or touch are a conflict, as they are for git. */

import { diffLines, type Hunk, linesOf } from './myers.ts';

export interface TextSides {
  readonly base: string;
  readonly mine: string;
  readonly next: string;
}

export type TextMerge =
  | { readonly text: string }
  /** The first line of `mine`, from 1, of each overlap. */
  | { readonly conflicts: readonly number[] };

export function diff3({ base, mine, next }: TextSides): TextMerge {
  const lines = { base: linesOf(base), mine: linesOf(mine), next: linesOf(next) };
  const ofMine = diffLines(lines.base, lines.mine);
  const ofNext = diffLines(lines.base, lines.next);
  const merged: string[] = [];
  const conflicts: number[] = [];
  let done = 0;
  for (const region of regionsOf(ofMine, ofNext)) {
    merged.push(...lines.base.slice(done, region.start));
    done = region.end;
    const [from, to] = [inSide(ofMine, region), inSide(ofNext, region)];
    const [mineLines, nextLines] = [lines.mine.slice(...from), lines.next.slice(...to)];
    if (region.mine && region.next && mineLines.join('') !== nextLines.join('')) {
      conflicts.push(from[0] + 1);
    }
    merged.push(...(region.mine ? mineLines : nextLines));
  }
  merged.push(...lines.base.slice(done));
  return conflicts.length > 0 ? { conflicts } : { text: merged.join('') };
}

/** Lines `[start, end)` of the base, and which sides changed them. */
interface Region {
  start: number;
  end: number;
  mine: boolean;
  next: boolean;
}

/** The regions of the base that a side changed; hunks that overlap or touch are one region. */
function regionsOf(mine: readonly Hunk[], next: readonly Hunk[]): Region[] {
  const hunks = [
    ...mine.map(({ aStart, aEnd }) => ({ start: aStart, end: aEnd, mine: true, next: false })),
    ...next.map(({ aStart, aEnd }) => ({ start: aStart, end: aEnd, mine: false, next: true })),
  ].sort((a, b) => a.start - b.start || a.end - b.end);
  const regions: Region[] = [];
  for (const hunk of hunks) {
    const last = regions.at(-1);
    if (last && hunk.start <= last.end) {
      last.end = Math.max(last.end, hunk.end);
      last.mine ||= hunk.mine;
      last.next ||= hunk.next;
    } else {
      regions.push({ ...hunk });
    }
  }
  return regions;
}

/** The lines of a side that stand where the region stands in the base. */
function inSide(hunks: readonly Hunk[], { start, end }: Region): [start: number, end: number] {
  return [
    start + growth(hunks, (hunk) => hunk.aEnd < start),
    end + growth(hunks, (hunk) => hunk.aStart <= end),
  ];
}

/** How many lines longer the side is than the base, by the hunks that are chosen. */
function growth(hunks: readonly Hunk[], isChosen: (hunk: Hunk) => boolean): number {
  return hunks
    .filter(isChosen)
    .reduce((sum, { aStart, aEnd, bStart, bEnd }) => sum + (bEnd - bStart) - (aEnd - aStart), 0);
}
