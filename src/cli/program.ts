/** The command line: commands, flags and help. One file per command defines the rest. */

import { Command, type Help } from 'commander';
import { UserError } from '../errors.ts';
import { defineAdd } from './add.ts';
import { defineCreate } from './create.ts';
import type { Engine } from './engine.ts';
import type { Given } from './flags.ts';
import { defineList } from './list.ts';
import { coloursFor, type Terminal, widthOf } from './terminal.ts';
import { indented } from './wrap.ts';

/** One run of the CLI. */
export interface Run {
  readonly terminal: Terminal;
  readonly engine: Engine;
  /** What the command line has given so far; finds contradictions. */
  readonly given: Given;
  /** The exit code, unless an error is thrown. */
  code: number;
}

const examples = `
Examples:
  $ npx create-msvc my-app
      asks, then generates
  $ npx create-msvc my-app --yes --broker none
      asks nothing
  $ npx create-msvc book-trip --yes \\
      --saga-name book-trip \\
      --saga-initiator trip \\
      --saga-steps hotel.reserve/cancel
      with names of your own
  $ npx create-msvc --config msvc.yaml --dry-run
      lists what a spec would generate
  $ npx create-msvc add circuit-breaker
      in a generated system
`;

const notes = [
  'Without a terminal, in CI, and with --yes, --no-input or --json nothing is asked.',
  'A flag may say what the file of --config leaves out, and may not contradict it.',
  'Exit codes: 0 done, 1 internal or I/O error, 2 bad input, 3 conflict, 5 refused, 6 generated but a later step failed, 129, 130 or 143 interrupted.',
];

/** The program; its action is `create`. */
export function buildProgram(run: Run): Command {
  const program = new Command('create-msvc');
  const width = widthOf(run.terminal.stdout);
  program
    .description('Generates a running microservice system from a choice of communication patterns.')
    .version(run.engine.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .enablePositionalOptions()
    .addHelpText(
      'after',
      () => `${examples}\n${notes.map((note) => indented(note, { by: 0, width })).join('')}`,
    );
  prepareOutput(program, run);
  defineCreate(program, run);
  program.commandsGroup('Commands:');
  const commands: readonly (readonly [string, (command: Command, run: Run) => void])[] = [
    ['create', defineCreate],
    ['add', defineAdd],
    ['list', defineList],
  ];
  for (const [name, define] of commands) {
    const command = program.command(name).helpOption('-h, --help', 'print this help');
    define(command, run);
    refuseForeignFlags(command);
  }
  return program;
}

/** Commander prints help and nothing else; errors are thrown. */
function prepareOutput(program: Command, { terminal }: Run): void {
  const colours = coloursFor(terminal.stdout, terminal.env);
  const width = widthOf(terminal.stdout);
  program
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => width,
      // Without colours there is none to strip.
      getOutHasColors: () => true,
    })
    .configureHelp({
      styleTitle: (title) => colours.bold(title),
      styleOptionTerm: (term) => colours.cyan(term),
      styleSubcommandTerm: (term) => colours.cyan(term),
      formatItem: (term, termWidth, description, help) =>
        formatItem({ term, termWidth, description, help, width }),
    });
}

interface Item {
  readonly term: string;
  readonly termWidth: number;
  readonly description: string;
  readonly help: Help;
  readonly width: number;
}

/** Two columns where there is room for both, else the description below its term. */
function formatItem({ term, termWidth, description, help, width }: Item): string {
  const gap = 2;
  const room = width - termWidth - 2 * gap;
  if (room < 36) return `  ${term}\n${indented(description, { by: 6, width })}`.trimEnd();
  const padding = ' '.repeat(termWidth - help.displayWidth(term) + gap);
  const text = indented(description, { by: termWidth + 2 * gap, width }).trim();
  return `  ${term}${padding}${text}`;
}

/** A flag before the command's name is read by the program; one that the command does not have says nothing there. */
function refuseForeignFlags(command: Command): void {
  command.hook('preAction', () => {
    const known = new Set(command.options.map((option) => option.attributeName()));
    const program = command.parent;
    const foreign = program?.options.find((option) => {
      const attribute = option.attributeName();
      return program.getOptionValueSource(attribute) === 'cli' && !known.has(attribute);
    });
    if (foreign) throw new UserError(2, `${foreign.long} has no meaning for the command "${command.name()}"`);
  });
}
