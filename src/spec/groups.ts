/**
 * The groups of patterns and where the spec keeps each choice. Which values a group has is the catalog's to say: a
 * group without a folder is not offered, and a new folder in a group is offered without a change here.
 */

import type { CatalogIndex, SourceInfo } from '../catalog/catalog.ts';
import { didYouMean } from '../suggest.ts';
import { none, type Spec } from './spec.ts';

/** How the spec's key holds the choice. */
export type GroupKind =
  /** A set that is never empty: one pattern, or `both`. */
  | 'set'
  /** One pattern or `none`. */
  | 'one'
  /** One pattern that is there or not. */
  | 'toggle';

export interface Group {
  readonly id: string;
  readonly specKey: 'sync' | 'broker' | 'saga' | 'circuitBreaker' | 'discovery';
  /** Name of the long flag, without dashes. */
  readonly flag: string;
  readonly kind: GroupKind;
  readonly question: string;
  /** The choice of no pattern: when, and what it costs; null where there is no such choice. */
  readonly none: { readonly when: string; readonly cost: string } | null;
  /** What a pattern's id starts with where the spec's value leaves it out: `saga-orchestration` is `orchestration`. */
  readonly prefix: string;
}

/** In the order of the questions; also the canonical order of patterns. */
export const groups: readonly Group[] = [
  {
    id: 'sync',
    specKey: 'sync',
    flag: 'sync',
    kind: 'set',
    question: 'How do services call each other?',
    none: null,
    prefix: '',
  },
  {
    id: 'broker',
    specKey: 'broker',
    flag: 'broker',
    kind: 'one',
    question: 'What carries messages between services?',
    none: { when: 'calls between services are all you need', cost: 'no messages, so no saga either' },
    prefix: '',
  },
  {
    id: 'saga',
    specKey: 'saga',
    flag: 'saga',
    kind: 'one',
    question: 'How is work that spans services kept consistent?',
    none: { when: 'no business operation spans services', cost: 'nothing undoes half-done work' },
    prefix: 'saga-',
  },
  {
    id: 'circuit-breaker',
    specKey: 'circuitBreaker',
    flag: 'circuit-breaker',
    kind: 'toggle',
    question: 'Stop calling a service that keeps failing?',
    none: { when: 'a failing service should be asked every time', cost: 'each call waits for its deadline' },
    prefix: '',
  },
  {
    id: 'discovery',
    specKey: 'discovery',
    flag: 'discovery',
    kind: 'one',
    question: 'How does a caller find the instances of a service?',
    none: { when: 'each service has one address', cost: 'the platform has to balance the load' },
    prefix: 'discovery-',
  },
];

/** One value that a group can take in the spec. */
export interface Choice {
  readonly value: string;
  readonly title: string;
  readonly when: string;
  readonly cost: string;
}

/** The catalog's patterns of a group, in the order of their ids. */
export function patternsOf(group: Group, catalog: CatalogIndex): readonly SourceInfo[] {
  return catalog.patterns.filter((pattern) => pattern.group === group.id);
}

/** The groups that the catalog has a pattern for. */
export function offeredGroups(catalog: CatalogIndex): readonly Group[] {
  return groups.filter((group) => patternsOf(group, catalog).length > 0);
}

/** The value that the spec holds for a pattern. */
export function valueFor(group: Group, patternId: string): string {
  return patternId.slice(patternId.startsWith(group.prefix) ? group.prefix.length : 0);
}

/** A hint for a value that a group does not take: a pattern's id stands for its value, and a slip is near one. */
export function choiceHint(group: Group, value: string, values: readonly string[]): string | undefined {
  const meant = valueFor(group, value);
  return didYouMean(values.includes(meant) ? meant : value, values);
}

/** Every value a group can take, as the catalog has it. */
export function choicesOf(group: Group, catalog: CatalogIndex): readonly Choice[] {
  const patterns = patternsOf(group, catalog);
  const choices = patterns.map(({ id, title, when, cost }) => ({
    value: valueFor(group, id),
    title,
    when,
    cost,
  }));
  if (group.kind === 'set' && patterns.length > 1) {
    choices.push({
      value: 'both',
      title: 'Both',
      when: 'clients differ in what they speak',
      cost: 'two edges to keep',
    });
  }
  if (group.none) choices.push({ value: none, title: 'None', ...group.none });
  return choices;
}

/** The value of a group in a spec; `none` where it chose no pattern. */
export function chosenValue(group: Group, spec: Spec): string {
  switch (group.specKey) {
    case 'saga':
      return spec.saga?.style ?? none;
    case 'circuitBreaker':
      return spec.circuitBreaker ? group.id : none;
    default:
      return spec[group.specKey];
  }
}

/** Ids of the patterns that a spec chooses, in canonical order. */
export function chosenPatterns(spec: Spec, catalog: CatalogIndex): readonly string[] {
  return groups.flatMap((group) => {
    const value = chosenValue(group, spec);
    const ids = patternsOf(group, catalog).map(({ id }) => id);
    return group.kind === 'set' && value === 'both' ? ids : ids.filter((id) => valueFor(group, id) === value);
  });
}
