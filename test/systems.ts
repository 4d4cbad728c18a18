/** Every system that the choices of a catalog allow, for tests over all of them. */

import { type Catalog, indexOf } from '../src/catalog/catalog.ts';
import { makePlan } from '../src/plan/make.ts';
import { choicesOf, chosenPatterns, type Group, offeredGroups } from '../src/spec/groups.ts';
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
  'calls both ways': { name: 'mutual', services: { a: { calls: ['b'] }, b: { calls: ['a'] } }, saga: none },
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

function choosing(group: Group, value: string): SpecInput {
  if (group.specKey === 'saga') return { saga: value === none ? none : { style: value } };
  if (group.specKey === 'circuitBreaker') return { circuitBreaker: value === none ? false : {} };
  return { [group.specKey]: value };
}

function patternsIn(input: SpecInput, catalog: Catalog): readonly string[] {
  const index = indexOf(catalog);
  return chosenPatterns(settleSpec(input, index), index);
}

/** The spec of a shape with these choices, or null where they do not fit together. */
export function specOf(shape: SpecInput, { input }: Selection, catalog: Catalog): Spec | null {
  const saga = input.saga === none || shape.saga === none ? none : { ...shape.saga, ...input.saga };
  try {
    const spec = settleSpec({ ...shape, ...input, saga }, indexOf(catalog));
    makePlan(spec, { catalog, toolVersion });
    return spec;
  } catch (error) {
    if (error instanceof SpecError) return null;
    throw error;
  }
}

/** Every valid system of a catalog, named for a test's title. */
export function systems(catalog: Catalog): readonly (readonly [title: string, spec: Spec])[] {
  return Object.entries(shapes).flatMap(([name, shape]) => {
    const found = new Map<string, Spec>();
    for (const selection of selections(catalog)) {
      const spec = specOf(shape, selection, catalog);
      if (spec) found.set(`${name}: ${chosenPatterns(spec, indexOf(catalog)).join(' + ')}`, spec);
    }
    return [...found];
  });
}
