/** The command that makes a system again. */

import type { CatalogIndex } from '../catalog/catalog.ts';
import { chosenValue, type Group, offeredGroups } from '../spec/groups.ts';
import { settleSpec } from '../spec/settle.ts';
import { none, type Spec } from '../spec/spec.ts';
import { inputOf } from './choice-flags.ts';
import { attributeOf } from './flags.ts';
import { sections } from './sections.ts';
import type { Target } from './target.ts';

export interface Reproduction {
  readonly version: string;
  readonly target: Target;
  readonly spec: Spec;
  readonly catalog: CatalogIndex;
}

/**
 * The command, pinned to this version, as words for a shell. Flags that say a default are left out: the version pins
 * the defaults too. Where flags cannot say all of the spec, it takes the `msvc.yaml` that was written.
 */
export function reproduction({ version, target, spec, catalog }: Reproduction): readonly string[] {
  const command = ['npx', `create-msvc@${version}`, target.directory];
  const flags = target.name === spec.name ? flagsFor(spec, catalog) : null;
  return flags ? [...command, '--yes', ...flags] : [...command, '--yes', '--config', 'msvc.yaml'];
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
}

function flagsFor(spec: Spec, catalog: CatalogIndex): readonly string[] | null {
  const all = everyFlag(spec, catalog);
  if (!makes(all, { spec, catalog })) return null;
  const needed = all.reduceRight((kept, flag) => {
    const without = kept.filter((other) => other !== flag);
    return makes(without, { spec, catalog }) ? without : kept;
  }, all);
  return needed.flatMap(({ words }) => words);
}

function makes(flags: readonly Said[], { spec, catalog }: Wanted): boolean {
  const options = Object.fromEntries(flags.map(({ attribute, value }) => [attribute, value]));
  try {
    return (
      JSON.stringify(settleSpec({ ...inputOf(options, catalog), name: spec.name }, catalog)) ===
      JSON.stringify(spec)
    );
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
