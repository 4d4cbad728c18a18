/** The command that makes a system again. */

import { join } from 'node:path';
import type { CatalogIndex } from '../catalog/catalog.ts';
import { chosenValue, type Group, offeredGroups } from '../spec/groups.ts';
import { mergeInputs, type SpecInput } from '../spec/input.ts';
import { settleSpec } from '../spec/settle.ts';
import { none, type Spec } from '../spec/spec.ts';
import { type ChoiceOptions, inputOf } from './choice-flags.ts';
import { attributeOf } from './flags.ts';
import { sections } from './sections.ts';
import type { SharedOptions } from './shared-flags.ts';
import type { Target } from './target.ts';

export interface Reproduction {
  readonly version: string;
  readonly target: Target;
  readonly spec: Spec;
  readonly catalog: CatalogIndex;
  /** `--config`, and what it says; undefined and null where the flag is not given. */
  readonly config: string | undefined;
  readonly file: SpecInput | null;
}

/**
 * The command, pinned to this version, as words for a shell. Flags that say a default are left out: the version pins
 * the defaults too. Where flags cannot say all of the spec, it takes the same file, with the flags beside it; what
 * came on stdin is read from the `msvc.yaml` that was written.
 */
export function reproduction(wanted: Reproduction): readonly string[] {
  const { version, target, spec, catalog, config, file } = wanted;
  const command = ['npx', `create-msvc@${version}`, target.directory, '--yes'];
  const flags = target.name === spec.name ? flagsFor({ spec, catalog, under: { name: spec.name } }) : null;
  if (flags) return [...command, ...flags];
  if (config === undefined || config === '-' || !file)
    return [...command, '--config', join(target.directory, 'msvc.yaml')];
  return [...command, '--config', config, ...(flagsFor({ spec, catalog, under: file }) ?? [])];
}

/** The flags that say details of what is added, as they were given. */
export function fieldWords(options: ChoiceOptions, catalog: CatalogIndex): readonly string[] {
  const fields = offeredGroups(catalog).flatMap(({ specKey }) => sections[specKey]?.fields ?? []);
  return fields
    .map(({ name }) => said(name, options[attributeOf(name)]))
    .filter(({ value }) => value !== undefined)
    .flatMap(({ words }) => words);
}

/** The flags that say what follows the writing, as they were given. */
export function taskWords({ install, git }: SharedOptions): readonly string[] {
  return Object.entries({ install, git }).flatMap(([name, isWanted]) =>
    isWanted === undefined ? [] : [isWanted ? `--${name}` : `--no-${name}`],
  );
}

/** One flag: the option it becomes, and the words that are typed. */
interface Said {
  readonly attribute: string;
  readonly value: unknown;
  readonly words: readonly string[];
}

interface Wanted {
  readonly spec: Spec;
  readonly catalog: CatalogIndex;
  /** What is said without flags. */
  readonly under: SpecInput;
}

/** The fewest flags that make the spec; null where flags cannot. */
function flagsFor(wanted: Wanted): readonly string[] | null {
  const all = everyFlag(wanted.spec, wanted.catalog);
  if (!makes(all, wanted)) return null;
  const needed = all.reduceRight((kept, flag) => {
    const without = kept.filter((other) => other !== flag);
    return makes(without, wanted) ? without : kept;
  }, all);
  return needed.flatMap(({ words }) => words);
}

function makes(flags: readonly Said[], { spec, catalog, under }: Wanted): boolean {
  const options = Object.fromEntries(flags.map(({ attribute, value }) => [attribute, value]));
  try {
    const input = mergeInputs(under, inputOf(options, catalog));
    return JSON.stringify(settleSpec(input, catalog)) === JSON.stringify(spec);
  } catch {
    // Without that flag the rest does not stand, so it is needed.
    return false;
  }
}

function everyFlag(spec: Spec, catalog: CatalogIndex): readonly Said[] {
  const services = Object.entries(spec.services);
  const calls = services.flatMap(([name, service]) => service.calls.map((callee) => `${name}:${callee}`));
  return [
    said(
      'services',
      services.map(([name]) => name),
    ),
    ...(calls.length > 0 ? [said('calls', calls)] : []),
    ...offeredGroups(catalog).flatMap((group) => groupFlags(group, spec)),
  ];
}

function said(name: string, value: unknown): Said {
  return {
    attribute: attributeOf(name),
    value,
    words: [`--${name}`, Array.isArray(value) ? value.join(',') : String(value)],
  };
}

function groupFlags(group: Group, spec: Spec): readonly Said[] {
  const value = chosenValue(group, spec);
  const section = spec[group.specKey];
  const fields = sections[group.specKey]?.fields ?? [];
  const inside =
    typeof section === 'object' && section !== null
      ? (section as unknown as Readonly<Record<string, unknown>>)
      : null;
  const isOn = value !== none;
  const own: Said =
    group.kind === 'toggle'
      ? {
          attribute: attributeOf(group.flag),
          value: isOn,
          words: [isOn ? `--${group.flag}` : `--no-${group.flag}`],
        }
      : said(group.flag, value);
  return [own, ...fields.flatMap(({ name, key }) => (inside ? [said(name, inside[key])] : []))];
}
