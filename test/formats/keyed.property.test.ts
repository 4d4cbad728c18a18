import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { printDocument } from '../../src/formats/document.ts';
import { foldKeyed, mergeKeyed } from '../../src/formats/keyed.ts';
import { rulesOf } from '../../src/formats/rules.ts';
import { type Model, modelOf, render, type Style, styles } from './model.ts';

const paths: Record<Style['format'], string> = { yaml: 'settings.yaml', json: 'settings.json' };

/** What each side does to the keys of a common base; no key is touched by both. */
interface Case {
  readonly base: Model;
  readonly mine: Model;
  readonly next: Model;
  readonly both: Model;
}

const actions = fc.constantFrom(
  'keep',
  'mine changes',
  'mine deletes',
  'next changes',
  'next deletes',
  'mine adds',
  'next adds',
);

const cases: fc.Arbitrary<Case> = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('p', 'q', 'r', 's', 't'), actions), {
    maxLength: 14,
  })
  .map((rows) => {
    const unique = [...new Map(rows.map((row) => [`${row[0]}.${row[1]}`, row])).values()];
    const side = (absent: RegExp, changed: RegExp) =>
      modelOf(
        unique
          .filter(([, , action]) => !absent.test(action))
          .map(
            ([group, key, action]) =>
              [group, key, changed.test(action) ? `${action} ${key}` : `old ${key}`] as const,
          ),
      );
    return {
      base: side(/adds/, /never/),
      mine: side(/mine deletes|next adds/, /mine (changes|adds)/),
      next: side(/next deletes|mine adds/, /next (changes|adds)/),
      both: side(/deletes/, /changes|adds/),
    };
  });

describe('a keyed document', () => {
  it('gives its bytes back when nothing is changed', () => {
    fc.assert(
      fc.property(cases, styles, ({ base }, style) => {
        const text = render(base, style);
        const { format, isSet } = rulesOf(paths[style.format]);
        expect(printDocument(format.parse(text, isSet))).toBe(text);
      }),
    );
  });
});

describe('mergeKeyed', () => {
  it('is what one side made of it when the other did nothing', () => {
    fc.assert(
      fc.property(cases, styles, ({ base, next }, style) => {
        const [before, after] = [render(base, style), render(next, style)];
        const path = paths[style.format];
        expect(mergeKeyed(path, { base: before, mine: before, next: after })).toEqual({
          text: after,
          notes: [],
        });
        expect(mergeKeyed(path, { base: before, mine: after, next: before })).toEqual({
          text: after,
          notes: [],
        });
      }),
    );
  });

  it('has the changes of both sides, in any layout', { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(cases, styles, styles, ({ base, mine, next, both }, ours, theirs) => {
        const style = { ...theirs, format: ours.format };
        const result = mergeKeyed(paths[ours.format], {
          base: render(base, ours),
          mine: render(mine, style),
          next: render(next, ours),
        });
        const text = 'text' in result ? result.text : result.conflicts.join('\n');
        expect(parseYaml(text.replaceAll(/\/\/.*/g, '')) ?? {}, text).toEqual(
          expected({ base, mine, next, both }),
        );
      }),
      { numRuns: 500 },
    );
  });
});

/**
 * A group that the user deleted stays deleted with all that we add to it; one whose keys have all gone stays as an
 * empty map where both sides still have it.
 */
function expected({ base, mine, next, both }: Case): Record<string, Record<string, string>> {
  const groups = [...both].filter(([group]) => !base.has(group) || mine.has(group));
  const emptied = [...mine.keys()].filter((group) => next.has(group) && !both.has(group));
  return Object.fromEntries([
    ...groups.map(([group, keys]) => [group, Object.fromEntries(keys)] as const),
    ...emptied.map((group) => [group, {}] as const),
  ]);
}

describe('foldKeyed', () => {
  it('keeps every line of the first fragment', () => {
    fc.assert(
      fc.property(cases, styles, ({ base, next }, style) => {
        const grown = modelOf([
          ...entriesOf(base),
          ...entriesOf(next).map(([group, key]) => [group, `n${key}`, 'x'] as const),
        ]);
        const fragment = modelOf(entriesOf(next).map(([group, key]) => [group, `n${key}`, 'x'] as const));
        const path = paths[style.format];
        const block = { ...style, flow: false };
        const first = render(base, block);
        const folded = foldKeyed(path, [first, render(fragment, block)]);
        expect(parseYaml(folded.replaceAll(/\/\/.*/g, '')) ?? {}).toEqual(
          parseYaml(render(grown, { ...block, comments: false })) ?? {},
        );
        const lines = folded.split('\n').map((line) => line.replace(/,(?= *$| *\/\/)/, ''));
        const missing = first
          .split('\n')
          .filter((line) => !lines.includes(line.replace(/,(?= *$| *\/\/)/, '')));
        expect(missing.filter((line) => line.trim() !== '{}')).toEqual([]);
        expect(foldKeyed(path, [folded, render(fragment, block)])).toBe(folded);
      }),
    );
  });
});

function entriesOf(model: Model): (readonly [group: string, key: string, value: string])[] {
  return [...model].flatMap(([group, keys]) => [...keys].map(([key, value]) => [group, key, value] as const));
}
