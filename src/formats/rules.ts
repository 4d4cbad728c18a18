/** Which format a keyed file has, and what its keys mean (design: file classes, keyed). */

import type { Format } from './document.ts';
import { json } from './json.ts';
import { env, ignore } from './lines.ts';
import { isPrinted } from './printed.ts';
import { yaml } from './yaml.ts';

type Keys = readonly string[];

/** What the keys of one file mean. `keys` is the way from the root. */
export interface Rules {
  readonly format: Format;
  /** A list whose members come and go one by one. */
  isSet(keys: Keys): boolean;
  /** A map that is kept in the order of its keys. */
  isSorted(keys: Keys): boolean;
  /** A version range of a package. */
  isRange(keys: Keys): boolean;
  /** A map that means nothing without the keys we wrote, so that it goes or stays as a whole. */
  isWhole(keys: Keys): boolean;
}

const dependencyMaps = new Set([
  'dependencies',
  'devDependencies',
  'peerDependencies',
  'optionalDependencies',
]);
const composeSets = new Set(['ports', 'depends_on', 'cap_drop']);
const never = () => false;
const plain = { isSet: never, isSorted: never, isRange: never, isWhole: never };

const manifest = {
  ...plain,
  format: json,
  isSet: ([first, ...rest]: Keys) => first === 'workspaces' && rest.length === 0,
  isSorted: (keys: Keys) => keys.length === 1 && dependencyMaps.has(keys[0] ?? ''),
  isRange: (keys: Keys) => keys.length === 2 && dependencyMaps.has(keys[0] ?? ''),
};

const compose = {
  ...plain,
  format: yaml,
  isSet: (keys: Keys) => keys.length === 3 && keys[0] === 'services' && composeSets.has(keys[2] ?? ''),
  isWhole: (keys: Keys) => keys.length === 2 && keys[0] === 'services',
};

const printed = { ...plain, format: json, isSorted: () => true };

const byName: readonly (readonly [RegExp, Rules])[] = [
  [/^package\.json$/, manifest],
  [/^(docker-)?compose(\..+)?\.ya?ml$/, compose],
  [/\.jsonc?$/, { ...plain, format: json }],
  [/\.ya?ml$/, { ...plain, format: yaml }],
  [/^\.env(\..+)?$|\.env$/, { ...plain, format: env }],
  [/^\.\w+ignore$|^\.gitattributes$/, { ...plain, format: ignore }],
];

/** The rules of the file at `path`. */
export function rulesOf(path: string): Rules {
  if (isPrinted(path)) return printed;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const found = byName.find(([pattern]) => pattern.test(name));
  if (!found) {
    throw new Error(`"${path}" cannot be merged by key: its format is not known`);
  }
  return found[1];
}
