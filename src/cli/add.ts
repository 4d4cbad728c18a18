/** `add <pattern>...`: more patterns for the system in this folder. */

import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Command } from 'commander';
import type { CatalogIndex } from '../catalog/catalog.ts';
import { UserError } from '../errors.ts';
import { groups } from '../spec/groups.ts';
import { printPath, problem, SpecError, type SpecInput } from '../spec/input.ts';
import { carryOut } from './carry-out.ts';
import { addFieldFlags, type ChoiceOptions, flagOf, inputOf } from './choice-flags.ts';
import { requireSupported } from './package-manager.ts';
import type { Run } from './program.ts';
import { fieldWords } from './reproduce.ts';
import { isSaid, named } from './said.ts';
import { sections } from './sections.ts';
import { addDryFlags, addInstallFlags, addOutputFlags, type SharedOptions } from './shared-flags.ts';

export function defineAdd(command: Command, run: Run): void {
  const { given } = run;
  command
    .argument('<pattern...>', 'ids, as "list" shows them')
    .description('add patterns to the system in this folder');
  addFieldFlags(command, run.engine.catalog, given);
  addDryFlags(command, given);
  addInstallFlags(command, { standard: false, given });
  addOutputFlags(command, given);
  command.action(async (patterns: readonly string[]) => {
    run.code = await add(patterns, command.optsWithGlobals(), run);
  });
}

async function add(
  patterns: readonly string[],
  options: SharedOptions & ChoiceOptions,
  run: Run,
): Promise<number> {
  const { terminal, engine } = run;
  requireSupported(options.packageManager);
  const input = inputOf(options, engine.catalog);
  refuseStrayFields({ input, patterns, catalog: engine.catalog });
  const pipeline = await engine.open();
  const root = rootAbove(terminal.cwd);
  const prepare = () => {
    try {
      return pipeline.add({ patterns, input }, root);
    } catch (error) {
      throw isSaidIn(input, error)
        ? named(error, { options, flags: input, file: null })
        : refused(patterns, error);
    }
  };
  return carryOut({
    command: 'add',
    root,
    directory: relative(terminal.cwd, root) || '.',
    options,
    run,
    pipeline,
    prepare,
    again: [
      'npx',
      `create-msvc@${engine.version}`,
      'add',
      ...patterns,
      ...fieldWords(options, engine.catalog),
    ],
  });
}

function isSaidIn(input: SpecInput, error: unknown): boolean {
  return error instanceof SpecError && isSaid(input, error.path);
}

/** A `SpecError` that the patterns lead to, as a sentence (code 2); any other error as it is. */
function refused(patterns: readonly string[], error: unknown): unknown {
  if (!(error instanceof SpecError)) return error;
  const { path, message, hint } = error;
  const flag = flagOf(path);
  const place = fieldFlags.includes(flag) ? flag : printPath(path);
  return new UserError(2, `Cannot add ${patterns.join(', ')}: ${problem(place, message)}`, {
    hint,
    cause: error,
  });
}

/** The flags that say details of what is added. */
const fieldFlags = Object.values(sections).flatMap(({ fields }) => fields.map(({ name }) => `--${name}`));

interface Addition {
  readonly input: SpecInput;
  readonly patterns: readonly string[];
  readonly catalog: CatalogIndex;
}

/** A field of a section says nothing where no pattern of its group is added; changing it is not adding. */
function refuseStrayFields({ input, patterns, catalog }: Addition): void {
  const added = catalog.patterns.filter(({ id }) => patterns.includes(id)).map(({ group }) => group);
  for (const group of groups) {
    const section = input[group.specKey];
    if (typeof section !== 'object' || added.includes(group.id)) continue;
    const [field = ''] = Object.keys(section);
    throw new UserError(
      2,
      `${flagOf([group.specKey, field])} has no meaning here: nothing of "${group.id}" is added`,
    );
  }
}

/** Every generated system has it at its root. */
const stateFolder = '.create-msvc';

/** The nearest generated system, from here upwards; this folder where there is none. */
function rootAbove(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, stateFolder))) return at;
    if (at === dirname(at)) return folder;
  }
}
