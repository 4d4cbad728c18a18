/** Every system that the choices of a catalog allow, for tests over all of them. */

import { type Catalog, indexOf } from '../src/catalog/catalog.ts';
import { makePlan } from '../src/plan/make.ts';
import { choicesOf, chosenPatterns, chosenValue, type Group, offeredGroups } from '../src/spec/groups.ts';
import { SpecError, type SpecInput } from '../src/spec/input.ts';
import { settleSpec } from '../src/spec/settle.ts';
import { none, type Spec } from '../src/spec/spec.ts';

export const toolVersion = '1.2.3';

/** Systems with names and shapes that differ in what templates could stumble over. */
export const shapes: Readonly<Record<string, SpecInput>> = {
  shop: {},
  'book-trip': {
    name: 'travel',
    services: { trip: { calls: ['customer'] }, hotel: {}, flight: {}, customer: {} },
    saga: { name: 'book-trip', steps: ['hotel.reserve/cancel', 'flight.book/cancel!', 'hotel.check-in'] },
  },
  'one service': { name: 'one', services: { city: {} }, saga: none },
  'long names': {
    name: 'a-system-whose-names-are-about-as-long-as-they-get',
    services: {
      'reservation-desk': { calls: ['traveller-directory', 'currency-exchange'] },
      'traveller-directory': {},
      'currency-exchange': {},
      'room-availability': { channel: 'room-availability-requests' },
    },
    saga: {
      name: 'arrange-conference-trip',
      initiator: 'reservation-desk',
      steps: ['room-availability.hold/give-back', 'ground-transport.order!'],
    },
  },
  'calls both ways': {
    name: 'mutual',
    services: { desk: { calls: ['gate'] }, gate: { calls: ['desk'] } },
    saga: none,
  },
};

/** A choice for every group, and the patterns that it means. */
export interface Selection {
  readonly input: SpecInput;
  readonly patterns: readonly string[];
}

/** Every combination of choices; whether it is valid depends on the shape. */
export function selections(catalog: Catalog): readonly Selection[] {
  const index = indexOf(catalog);
  const inputs = offeredGroups(index).reduce<readonly SpecInput[]>(
    (all, group) =>
      choicesOf(group, index).flatMap(({ value }) =>
        all.map((input) => ({ ...input, ...choosing(group, value) })),
      ),
    [{}],
  );
  return inputs.map((input) => ({ input, patterns: patternsIn(input, catalog) }));
}

/** What a user says to choose a value of a group. */
export function choosing(group: Group, value: string): SpecInput {
  if (group.specKey === 'saga') return { saga: value === none ? none : { style: value } };
  if (group.specKey === 'circuitBreaker') return { circuitBreaker: value === none ? false : {} };
  return { [group.specKey]: value };
}

function patternsIn(input: SpecInput, catalog: Catalog): readonly string[] {
  const index = indexOf(catalog);
  return chosenPatterns(settleSpec(input, index), index);
}

/** The spec of a shape with these choices, or null where they do not fit together. */
export function specOf(shape: SpecInput, selection: Pick<Selection, 'input'>, catalog: Catalog): Spec | null {
  const result = settled(shape, selection, catalog);
  return result instanceof SpecError ? null : result;
}

/** The same, with the reason in place of null. */
export function settled(
  shape: SpecInput,
  { input }: Pick<Selection, 'input'>,
  catalog: Catalog,
): Spec | SpecError {
  const saga = input.saga === none || shape.saga === none ? none : { ...shape.saga, ...input.saga };
  try {
    const spec = settleSpec({ ...shape, ...input, saga }, indexOf(catalog));
    makePlan(spec, { catalog, toolVersion });
    return spec;
  } catch (error) {
    if (error instanceof SpecError) return error;
    throw error;
  }
}

/** What a title says of a spec after its shape: the ids of its patterns. */
export function patternTitle(spec: Spec, catalog: Catalog): string {
  return chosenPatterns(spec, indexOf(catalog)).join(' + ');
}

/** The different specs of a shape, one for each valid combination of choices. */
export function combinations(shape: SpecInput, catalog: Catalog): readonly Spec[] {
  const found = new Map<string, Spec>();
  for (const selection of selections(catalog)) {
    const spec = specOf(shape, selection, catalog);
    if (spec) found.set(patternTitle(spec, catalog), spec);
  }
  return [...found.values()];
}

/**
 * A few of the specs in which still every two choices of different groups meet that meet in any of them. Sources come
 * together in lists and folded files, entry by entry; so a fault needs a choice and a shape, or two choices.
 */
export function pairwise(specs: readonly Spec[], catalog: Catalog): readonly Spec[] {
  const groups = offeredGroups(indexOf(catalog));
  const pairsOf = (spec: Spec) => {
    const values = groups.map((group) => `${group.id}=${chosenValue(group, spec)}`);
    return values.flatMap((one, index) => values.slice(index).map((other) => `${one} ${other}`));
  };
  const open = new Set(specs.flatMap(pairsOf));
  const taken: Spec[] = [];
  while (open.size > 0) {
    const gain = (spec: Spec) => pairsOf(spec).filter((pair) => open.has(pair)).length;
    const gains = specs.map(gain);
    const next = specs[gains.indexOf(Math.max(...gains))] as Spec;
    for (const pair of pairsOf(next)) open.delete(pair);
    taken.push(next);
  }
  return taken;
}

/**
 * The systems for tests over all of them, named for a test's title: the shop in every valid combination of a catalog,
 * and each other shape in those of `pairwise`, since combinations multiply with every pattern.
 */
export function systems(catalog: Catalog): readonly (readonly [title: string, spec: Spec])[] {
  return Object.entries(shapes).flatMap(([name, shape]) => {
    const all = combinations(shape, catalog);
    const some = name === 'shop' ? all : pairwise(all, catalog);
    return some.map((spec) => [`${name}: ${patternTitle(spec, catalog)}`, spec] as const);
  });
}
