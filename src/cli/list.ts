/** `list`: the catalog, as the groups of choices. */

import type { Command } from 'commander';
import type { CatalogIndex } from '../catalog/catalog.ts';
import { choicesOf, chosenValue, offeredGroups, patternsOf, valueFor } from '../spec/groups.ts';
import { settleSpec } from '../spec/settle.ts';
import type { Run } from './program.ts';
import { printJson } from './result.ts';
import { addOutputFlags, type SharedOptions } from './shared-flags.ts';
import { coloursFor, widthOf } from './terminal.ts';
import { indented, wrap } from './wrap.ts';

/** A group as `list --json` prints it. The shape is stable: keys are only added. */
export interface ListedGroup {
  readonly id: string;
  /** The spec's key, and the flag. */
  readonly specKey: string;
  readonly flag: string;
  readonly question: string;
  readonly choices: readonly {
    readonly value: string;
    /** What `add` takes; null for `none` and for a set of patterns. */
    readonly pattern: string | null;
    readonly title: string;
    readonly when: string;
    readonly cost: string;
    readonly isDefault: boolean;
  }[];
}

export function defineList(command: Command, run: Run): void {
  command.description('show the patterns, with when and cost');
  addOutputFlags(command, run.given);
  command.action(() => list(run, command.optsWithGlobals()));
}

function list({ terminal, engine }: Run, { json }: SharedOptions): void {
  const groups = listed(engine.catalog);
  if (json) {
    terminal.stdout.write(printJson({ command: 'list', version: engine.version, groups }));
    return;
  }
  const { bold, cyan, dim } = coloursFor(terminal.stdout, terminal.env);
  const width = widthOf(terminal.stdout);
  const screens = groups.map(({ flag, question, choices }) => {
    const entries = choices.map(({ value, pattern, title, when, cost, isDefault }) => {
      const name = pattern ?? value;
      const heading = `  ${cyan(name)}${name === title.toLowerCase() ? '' : `  ${title}`}${isDefault ? dim('  (default)') : ''}\n`;
      return `${heading}${indented(`When: ${when}.`, { by: 4, width })}${dim(indented(`Cost: ${cost}.`, { by: 4, width }))}`;
    });
    return `${wrap(question, width)
      .map((line) => `${bold(line)}\n`)
      .join('')}  ${dim(`--${flag}`)}\n${entries.join('')}`;
  });
  terminal.stdout.write(`${screens.join('\n')}`);
}

function listed(catalog: CatalogIndex): readonly ListedGroup[] {
  const standard = settleSpec({}, catalog);
  return offeredGroups(catalog).map((group) => ({
    id: group.id,
    specKey: group.specKey,
    flag: group.flag,
    question: group.question,
    choices: choicesOf(group, catalog).map(({ value, title, when, cost }) => ({
      value,
      pattern: patternsOf(group, catalog).find(({ id }) => valueFor(group, id) === value)?.id ?? null,
      title,
      when,
      cost,
      isDefault: chosenValue(group, standard) === value,
    })),
  }));
}
