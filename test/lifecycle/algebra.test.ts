/** Creating and adding are one function with another base, so the order of choices leaves no trace. */

import { describe, expect, test } from 'vitest';
import { type Catalog, indexOf } from '../../src/catalog/catalog.ts';
import { chosenPatterns } from '../../src/spec/groups.ts';
import type { Spec } from '../../src/spec/spec.ts';
import { fixture, shipped } from '../catalogs.ts';
import { combinations, pairwise, patternTitle, shapes } from '../systems.ts';
import { add, empty, type Folder, run } from './memory.ts';

interface Addition {
  readonly title: string;
  readonly smaller: Spec;
  readonly larger: Spec;
  /** What the larger system has and the smaller one lacks. */
  readonly patterns: readonly string[];
}

/**
 * Additions of one pattern, and those from a smallest system to a largest one. The first suffice for every order in
 * which patterns come one by one: what one step leaves is, byte for byte, the created system that the next starts from.
 */
function additions(catalog: Catalog): readonly Addition[] {
  const index = indexOf(catalog);
  const valid = combinations(shapes.shop ?? {}, catalog);
  const patternsIn = (spec: Spec) => chosenPatterns(spec, index);
  const contains = (larger: Spec, smaller: Spec) =>
    patternsIn(smaller).every((id) => patternsIn(larger).includes(id));
  const all = valid.flatMap((smaller) =>
    valid
      .filter((larger) => contains(larger, smaller))
      .map((larger): Addition => {
        const has = patternsIn(smaller);
        const patterns = patternsIn(larger).filter((id) => !has.includes(id));
        const title = `${patternTitle(smaller, catalog)} -> ${patternTitle(larger, catalog)}`;
        return { title, smaller, larger, patterns };
      }),
  );
  const starts = new Set(all.filter(({ patterns }) => patterns.length > 0).map(({ larger }) => larger));
  const goesOn = new Set(all.filter(({ patterns }) => patterns.length > 0).map(({ smaller }) => smaller));
  const isWhole = ({ smaller, larger }: Addition) => !starts.has(smaller) && !goesOn.has(larger);
  return [...singles(all, catalog), ...all.filter((one) => isWhole(one) && one.patterns.length > 1)];
}

/** For each pattern the additions to systems in which every two other choices meet. */
function singles(all: readonly Addition[], catalog: Catalog): readonly Addition[] {
  const ids = new Set(all.flatMap(({ patterns }) => patterns));
  return [...ids].flatMap((id) => {
    const single = all.filter(({ patterns }) => patterns.length === 1 && patterns[0] === id);
    const some = pairwise(
      single.map(({ smaller }) => smaller),
      catalog,
    );
    return single.filter(({ smaller }) => some.includes(smaller));
  });
}

describe.each([
  ['fixture', fixture],
  ['templates', shipped],
])('%s', (_, catalog) => {
  const created = new Map<Spec, Folder>();
  const create = (spec: Spec): Folder => {
    const folder = created.get(spec) ?? run(empty, spec, catalog);
    created.set(spec, folder);
    return folder;
  };

  const all = additions(catalog).map((addition) => [addition.title, addition] as const);
  test.each(all)('%s: added is as created', (_title, { smaller, larger, patterns }) => {
    const wanted = sorted(create(larger));
    const orders = patterns.length > 1 ? [patterns, patterns.toReversed()] : [patterns];
    for (const order of orders) expect(sorted(add(create(smaller), order, catalog))).toEqual(wanted);
  });
});

function sorted(folder: Folder) {
  return [...folder].sort(([a], [b]) => (a < b ? -1 : 1));
}
