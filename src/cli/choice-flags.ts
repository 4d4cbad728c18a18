/**
 * The flags of the choices: from the catalog's groups to commander's options, and from options to spec input. A new
 * pattern in a group needs no line here.
 */

import type { Command } from 'commander';
import type { CatalogIndex } from '../catalog/catalog.ts';
import { UserError } from '../errors.ts';
import { choicesOf, chosenValue, type Group, groups, offeredGroups } from '../spec/groups.ts';
import type { SpecInput, SpecPath } from '../spec/input.ts';
import { settleSpec } from '../spec/settle.ts';
import { none } from '../spec/spec.ts';
import { addBoolean, addValue, attributeOf, contradiction, type Given } from './flags.ts';
import { type Field, sections } from './sections.ts';
import { type ServiceFlags, servicesOf } from './service-flags.ts';

/** Adds `--services`, `--calls`, and the flag and the fields of every group that the catalog has a pattern for. */
export function addChoiceFlags(command: Command, catalog: CatalogIndex, given: Given): void {
  const standard = settleSpec({}, catalog);
  const names = Object.keys(standard.services).join(',');
  command.optionsGroup('Choices:');
  addValue(command, { name: 'services', value: 'a,b', description: names, isList: true }, given);
  addValue(
    command,
    { name: 'calls', value: 'a:b', description: 'all calls, such as order:user', isList: true },
    given,
  );
  for (const group of offeredGroups(catalog)) {
    const value = chosenValue(group, standard);
    if (group.kind === 'toggle') {
      const title = choicesOf(group, catalog)[0]?.title.toLowerCase();
      const description = value === none ? `with a ${title}` : `without the ${title}`;
      addBoolean(command, { name: group.flag, standard: value !== none, description }, given);
    } else {
      const values = choicesOf(group, catalog).map((choice) => choice.value);
      const description = `${values.join(', ')} (default: ${value})`;
      addValue(command, { name: group.flag, value: 'choice', description }, given);
    }
    for (const field of sections[group.specKey]?.fields ?? []) addValue(command, field, given);
  }
}

/** Adds the fields alone: for a command that names its patterns otherwise. */
export function addFieldFlags(command: Command, catalog: CatalogIndex, given: Given): void {
  command.optionsGroup('Choices:');
  const fields = offeredGroups(catalog).flatMap(({ specKey }) => sections[specKey]?.fields ?? []);
  for (const field of fields) addValue(command, field, given);
}

/** Options as commander gives them, by attribute. */
export type ChoiceOptions = ServiceFlags & Readonly<Record<string, unknown>>;

/** What the flags say of the spec, and nothing more. @throws UserError (code 2) that names the flag */
export function inputOf(options: ChoiceOptions, catalog: CatalogIndex): SpecInput {
  const services = servicesOf(options);
  const chosen = offeredGroups(catalog).map((group) => [group.specKey, valueIn(group, options)] as const);
  return {
    ...(services && { services }),
    ...Object.fromEntries(chosen.filter(([, value]) => value !== undefined)),
  };
}

/** What the spec's key of a group would hold; undefined where no flag says anything of it. */
function valueIn(group: Group, options: ChoiceOptions): unknown {
  const value = options[attributeOf(group.flag)];
  const given = (sections[group.specKey]?.fields ?? []).filter(
    ({ name }) => options[attributeOf(name)] !== undefined,
  );
  const fields = Object.fromEntries(
    given.map((field) => [field.key, readField(field, options[attributeOf(field.name)])]),
  );
  if (value === false && given[0]) {
    throw contradiction(`--no-${group.flag}`, `--${given[0].name}`);
  }
  return given.length === 0 && value === undefined ? undefined : choose(group, value, fields);
}

/** The input that chooses `value` of a group, with the fields of its section. */
export function choose(
  group: Group,
  value: unknown,
  fields: Readonly<Record<string, unknown>> = {},
): unknown {
  const section = sections[group.specKey];
  if (!section) return value;
  if (group.kind === 'toggle') return value === false || value === none ? false : fields;
  if (value === none && Object.keys(fields).length === 0) return none;
  return { ...(section.choice && value !== undefined && { [section.choice]: value }), ...fields };
}

function readField({ name, isNumber }: Field, value: unknown): unknown {
  if (!isNumber) return value;
  if (!/^\d{1,9}$/.test(String(value)))
    throw new UserError(2, `--${name} "${String(value)}" is not a whole number`);
  return Number(value);
}

/** The flag that a value of the spec is given by, for messages. Where several could have said it, the one that did. */
export function flagOf(path: SpecPath, options: ChoiceOptions = {}): string {
  const [key, second] = path;
  if (key === 'services') return serviceFlagOf(path, options);
  const group = groups.find(({ specKey }) => specKey === key);
  if (!group) return String(key);
  const fields = sections[group.specKey]?.fields ?? [];
  const own = options[attributeOf(group.flag)];
  const field =
    fields.find((item) => item.key === second) ??
    (own === undefined ? fields.find(({ name }) => options[attributeOf(name)] !== undefined) : undefined);
  if (field) return `--${field.name}`;
  return own === false ? `--no-${group.flag}` : `--${group.flag}`;
}

function serviceFlagOf(
  [, name, key]: SpecPath,
  { services, calls, sagaSteps, sagaInitiator }: ChoiceOptions,
): string {
  if (key === 'calls' || (name === undefined && calls && !services)) return '--calls';
  if (name === undefined || services?.includes(String(name))) return '--services';
  if (calls?.some((pair) => pair.split(':').includes(String(name)))) return '--calls';
  if (sagaSteps?.some((step) => step.startsWith(`${name}.`))) return '--saga-steps';
  return sagaInitiator === name ? '--saga-initiator' : '--services';
}
