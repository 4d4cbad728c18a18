/** The flags that commands share. Each has one meaning, wherever it stands. */

import type { Command } from 'commander';
import { addBoolean, addValue, type BooleanFlag, type Given } from './flags.ts';

/** What a command reads of its flags; every flag can be left out. */
export interface SharedOptions {
  readonly yes?: boolean;
  readonly input?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly color?: boolean;
  readonly debug?: boolean;
  readonly dryRun?: boolean;
  readonly diff?: boolean;
  readonly install?: boolean;
  readonly git?: boolean;
  readonly packageManager?: string;
  readonly config?: string;
}

const output: readonly BooleanFlag[] = [
  {
    name: 'yes',
    short: 'y',
    standard: false,
    description: 'ask nothing, take the defaults',
  },
  {
    name: 'input',
    standard: true,
    description: 'ask nothing, refuse where an answer is missing',
  },
  { name: 'json', standard: false, description: 'ask nothing, print one JSON object' },
  { name: 'quiet', standard: false, description: 'print results and errors only' },
  { name: 'color', standard: true, description: 'print without colours' },
  { name: 'debug', standard: false, description: 'print the stack of an error' },
];

const dry: readonly BooleanFlag[] = [
  { name: 'dry-run', standard: false, description: 'write nothing, list the files' },
  { name: 'diff', standard: false, description: 'write nothing, print a unified diff' },
];

/** How it prints and whether it asks: every command. */
export function addOutputFlags(command: Command, given: Given): void {
  command.optionsGroup('Output:');
  for (const flag of output) addBoolean(command, flag, given);
}

/** For a command that writes files. */
export function addDryFlags(command: Command, given: Given): void {
  command.optionsGroup('Run:');
  for (const flag of dry) addBoolean(command, flag, given);
}

/** For a command that can install packages; `standard` says whether it does so unasked. */
export function addInstallFlags(
  command: Command,
  { standard, given }: { readonly standard: boolean; readonly given: Given },
): void {
  const description = standard ? 'do not install the packages' : 'install the added packages';
  command.optionsGroup('Run:');
  addBoolean(command, { name: 'install', standard, description }, given);
  addValue(command, { name: 'package-manager', value: 'name', description: 'npm' }, given);
}
