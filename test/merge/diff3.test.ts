import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diff3 } from '../../src/merge/diff3.ts';
import { diffLines } from '../../src/merge/myers.ts';
import { emptyFolder, fill } from '../lifecycle/folder.ts';

const words = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });

/** Numbered lines, and the same ones with some dropped, replaced or added to. */
const edits = fc.array(fc.constantFrom('keep', 'keep', 'keep', 'drop', 'replace', 'add'), {
  minLength: 1,
  maxLength: 25,
});

function edited(side: string, ops: readonly string[]): string {
  return ops
    .map((op, index) => {
      const line = `line ${index}\n`;
      const other = `${side} ${index}\n`;
      return op === 'drop' ? '' : op === 'replace' ? other : op === 'add' ? line + other : line;
    })
    .join('');
}

describe('diffLines', () => {
  it('makes the one list of the other with as few lines as possible', () => {
    fc.assert(
      fc.property(words, words, (a, b) => {
        const hunks = diffLines(a, b);
        const made: string[] = [];
        let done = 0;
        for (const { aStart, aEnd, bStart, bEnd } of hunks) {
          made.push(...a.slice(done, aStart), ...b.slice(bStart, bEnd));
          done = aEnd;
        }
        expect([...made, ...a.slice(done)]).toEqual(b);
        const changed = hunks.reduce(
          (sum, { aStart, aEnd, bStart, bEnd }) => sum + aEnd - aStart + bEnd - bStart,
          0,
        );
        expect(changed).toBe(a.length + b.length - 2 * longestCommon(a, b));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes a large file that was rewritten', () => {
    const shuffled = (seed: number) =>
      Array.from({ length: 8000 }, (_, index) => String((index * seed) % 977));
    expect(diffLines(shuffled(7919), shuffled(104729)).length).toBeGreaterThan(100);
  });
});

/** The length of the longest common subsequence, by the textbook's table. */
function longestCommon(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const letter of a) {
    const next = [0];
    for (const [index, other] of b.entries()) {
      next.push(letter === other ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

describe('diff3', () => {
  it('agrees with git on edits of distinct lines', () => {
    const folder = emptyFolder();
    fc.assert(
      fc.property(edits, edits, (ours, theirs) => {
        const length = Math.min(ours.length, theirs.length);
        const base = edited('', new Array(length).fill('keep'));
        const [mine, next] = [edited('mine', ours.slice(0, length)), edited('next', theirs.slice(0, length))];
        expect(outcome(diff3({ base, mine, next }))).toEqual(gitMerge(folder, { base, mine, next }));
      }),
      { numRuns: 60 },
    );
  });

  it('follows the side that changed something, and says the same whichever side is which', () => {
    const text = words.map((lines) => lines.map((line) => `${line}\n`).join(''));
    fc.assert(
      fc.property(text, text, text, (base, mine, next) => {
        expect(diff3({ base, mine: base, next })).toEqual({ text: next });
        expect(diff3({ base, mine, next: base })).toEqual({ text: mine });
        expect(diff3({ base, mine, next: mine })).toEqual({ text: mine });
        expect(outcome(diff3({ base, mine, next }))).toEqual(
          outcome(diff3({ base, mine: next, next: mine })),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('treats edits that touch as a conflict and names the line', () => {
    expect(diff3({ base: 'a\nb\nc\n', mine: 'a\nB\nc\n', next: 'a\nb\nC\n' })).toEqual({ conflicts: [2] });
    expect(diff3({ base: 'a\nb\nc\n', mine: 'A\nb\nc\n', next: 'a\nb\nC\n' })).toEqual({ text: 'A\nb\nC\n' });
  });

  it('keeps a missing line break at the end', () => {
    expect(diff3({ base: 'a\nb\nc', mine: 'A\nb\nc', next: 'a\nb\nc' })).toEqual({ text: 'A\nb\nc' });
    expect(diff3({ base: 'a\nb\nc\n', mine: 'a\nb\nc', next: 'A\nb\nc\n' })).toEqual({ text: 'A\nb\nc' });
  });
});

function outcome(merge: ReturnType<typeof diff3>): string {
  return 'text' in merge ? merge.text : 'conflict';
}

function gitMerge(
  folder: string,
  { base, mine, next }: { base: string; mine: string; next: string },
): string {
  fill(folder, { base, mine, next });
  const { status, stdout } = spawnSync('git', ['merge-file', '-p', 'mine', 'base', 'next'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return status === 0 ? stdout : 'conflict';
}
