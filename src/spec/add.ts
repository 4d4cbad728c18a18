/** Adds patterns to a spec: what `add` does before the pipeline, which it shares with `create`. */

import type { CatalogIndex } from '../catalog/catalog.ts';
import { UserError } from '../errors.ts';
import { didYouMean } from '../suggest.ts';
import { defaultBreaker } from './defaults.ts';
import { chosenPatterns, chosenValue, type Group, groups, valueFor } from './groups.ts';
import { quoted } from './identifier.ts';
import { mergeInputs, type SpecInput } from './input.ts';
import { none, type Spec } from './spec.ts';

export interface AddRequest {
  /** Ids of patterns, in any order. */
  readonly patterns: readonly string[];
  readonly spec: Spec;
  readonly catalog: CatalogIndex;
}

/**
 * The input of a spec that has these patterns too. One that it has already changes nothing.
 * @throws UserError (code 2) for an unknown pattern, and for one whose group has another already
 */
export function addPatterns({ patterns, spec, catalog }: AddRequest): SpecInput {
  const chosen = chosenPatterns(spec, catalog);
  const wanted = patterns.filter((id) => !chosen.includes(id));
  refuseRivals(wanted, catalog);
  return wanted.reduce<SpecInput>(
    (input, id) => mergeInputs(input, additionOf(id, { spec, catalog })),
    inputOf(spec),
  );
}

/** Patterns of one exclusive group take each other's place, so that the last one named would win. */
function refuseRivals(wanted: readonly string[], catalog: CatalogIndex): void {
  for (const group of groups.filter(({ kind }) => kind !== 'set')) {
    const [first, second] = wanted.filter((id) =>
      catalog.patterns.some((pattern) => pattern.id === id && pattern.group === group.id),
    );
    if (first === undefined || second === undefined || first === second) continue;
    throw new UserError(2, `Cannot add both "${first}" and "${second}": a system has one ${group.specKey}`, {
      hint: 'Add one of them',
    });
  }
}

function additionOf(id: string, { spec, catalog }: Omit<AddRequest, 'patterns'>): SpecInput {
  const pattern = catalog.patterns.find((candidate) => candidate.id === id);
  const group = groups.find((candidate) => candidate.id === pattern?.group);
  if (!group) {
    const ids = catalog.patterns.map((candidate) => candidate.id);
    const meant = groups.map(({ prefix }) => `${prefix}${id}`).find((candidate) => ids.includes(candidate));
    throw new UserError(2, `There is no pattern ${quoted(id)}`, {
      hint: didYouMean(meant ?? id, ids) ?? `There are ${ids.join(', ')}`,
    });
  }
  const current = chosenValue(group, spec);
  if (group.kind === 'set') return { sync: 'both' };
  if (current !== none) {
    throw new UserError(2, `Cannot add "${id}": ${group.specKey} is already "${current}"`, {
      hint: `Change ${group.specKey} in msvc.yaml, and bring all else up to date: create-msvc add ${chosenPatterns(spec, catalog)[0]}`,
    });
  }
  return choosing(group, valueFor(group, id));
}

function choosing(group: Group, value: string): SpecInput {
  switch (group.specKey) {
    case 'saga':
      return { saga: { style: value } };
    case 'circuitBreaker':
      return { circuitBreaker: defaultBreaker };
    default:
      return { [group.specKey]: value };
  }
}

/** A spec as the input that gives it again. */
export function inputOf(spec: Spec): SpecInput {
  const services = Object.entries(spec.services).map(
    ([name, { language, calls, channel }]) =>
      [name, { language, calls, ...(channel !== null && { channel }) }] as const,
  );
  return {
    ...spec,
    services: Object.fromEntries(services),
    saga: spec.saga ?? none,
    circuitBreaker: spec.circuitBreaker ?? false,
  };
}
