/** Creating and adding are one function with another base, so the order of choices leaves no trace. */

import { describe, expect, test } from 'vitest';
import { type Catalog, indexOf } from '../../src/catalog/catalog.ts';
import { chosenPatterns } from '../../src/spec/groups.ts';
import type { Spec } from '../../src/spec/spec.ts';
import { fixture, shipped } from '../catalogs.ts';
import { selections, shapes, specOf } from '../systems.ts';
import { add, empty, type Folder, run } from './memory.ts';

/** Every valid choice in the shop, and every larger one that contains it. */
function pairs(catalog: Catalog): readonly (readonly [title: string, smaller: Spec, larger: Spec])[] {
  const valid = selections(catalog).flatMap(
    (selection) => specOf(shapes.shop ?? {}, selection, catalog) ?? [],
  );
  const patternsIn = (spec: Spec) => chosenPatterns(spec, indexOf(catalog));
  return valid.flatMap((smaller) =>
    valid
      .filter((larger) => patternsIn(smaller).every((id) => patternsIn(larger).includes(id)))
      .map((larger) => {
        const title = `${patternsIn(smaller).join(' + ')} -> ${patternsIn(larger).join(' + ')}`;
        return [title, smaller, larger] as const;
      }),
  );
}

describe.each([
  ['fixture', fixture],
  ['templates', shipped],
])('%s', (_, catalog) => {
  test.each(pairs(catalog))('%s: added is as created', (_title, smaller, larger) => {
    const index = indexOf(catalog);
    const has = chosenPatterns(smaller, index);
    const patterns = chosenPatterns(larger, index).filter((id) => !has.includes(id));
    const wanted = sorted(run(empty, larger, catalog));
    const start = run(empty, smaller, catalog);
    for (const order of [patterns, patterns.toReversed()]) {
      expect(sorted(add(start, order, catalog))).toEqual(wanted);
    }
    for (const order of orders(patterns, { has, catalog })) {
      const end = order.reduce((folder, pattern) => add(folder, [pattern], catalog), start);
      expect(sorted(end)).toEqual(wanted);
    }
  });
});

/** Every order in which the patterns can come one by one: what one requires is there before it. */
function orders(
  patterns: readonly string[],
  { has, catalog }: { readonly has: readonly string[]; readonly catalog: Catalog },
): readonly (readonly string[])[] {
  if (patterns.length === 0) return [[]];
  const sources = catalog.sources.filter(({ kind }) => kind === 'pattern');
  const provided = sources.flatMap(({ id, provides }) => (has.includes(id) ? provides : []));
  const isNext = (pattern: string) =>
    sources.find(({ id }) => id === pattern)?.requires.every((needed) => provided.includes(needed));
  return patterns.filter(isNext).flatMap((first) => {
    const rest = patterns.filter((id) => id !== first);
    return orders(rest, { has: [...has, first], catalog }).map((after) => [first, ...after]);
  });
}

function sorted(folder: Folder) {
  return [...folder].sort(([a], [b]) => (a < b ? -1 : 1));
}
