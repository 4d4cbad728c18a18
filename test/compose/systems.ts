/** The systems that run in containers. Those whose patterns the catalog lacks are left out. */

import { indexOf } from '../../src/catalog/catalog.ts';
import { choicesOf, groups } from '../../src/spec/groups.ts';
import { shipped } from '../catalogs.ts';

/** By flag. */
type Choices = Readonly<Record<string, string>>;

const wanted: readonly Choices[] = [
  { sync: 'rest', broker: 'rabbitmq', saga: 'orchestration' },
  { sync: 'rest', broker: 'rabbitmq', saga: 'orchestration', discovery: 'server' },
  { sync: 'grpc', broker: 'kafka', saga: 'choreography', discovery: 'client' },
  { sync: 'both', broker: 'kafka', saga: 'orchestration' },
];

export interface ComposedSystem {
  /** The choices, for a title. */
  readonly title: string;
  readonly flags: readonly string[];
}

export const composedSystems: readonly ComposedSystem[] = wanted.filter(isOffered).map((choices) => ({
  title: Object.values(choices).join(' + '),
  flags: Object.entries(choices).flatMap(([flag, value]) => [`--${flag}`, value]),
}));

function isOffered(choices: Choices): boolean {
  return groups.every((group) => {
    const value = choices[group.flag];
    return value === undefined || choicesOf(group, indexOf(shipped)).some((choice) => choice.value === value);
  });
}
