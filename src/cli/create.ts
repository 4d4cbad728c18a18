/** `create [dir]`, the command that is run without a name. */

import type { Command } from 'commander';
import { UserError } from '../errors.ts';
import { defaultName } from '../spec/defaults.ts';
import type { SpecInput } from '../spec/input.ts';
import { settleSpec } from '../spec/settle.ts';
import type { Spec } from '../spec/spec.ts';
import { carryOut } from './carry-out.ts';
import { addChoiceFlags, type ChoiceOptions, inputOf } from './choice-flags.ts';
import { readConfig } from './config.ts';
import type { Pipeline } from './engine.ts';
import { addBoolean, addValue } from './flags.ts';
import { isAskable, problemOf } from './open-field.ts';
import { requireSupported } from './package-manager.ts';
import type { Run } from './program.ts';
import { prompterOn } from './prompter.ts';
import { type Answers, askAll } from './questions.ts';
import { reproduction } from './reproduce.ts';
import { combined, named, type Said } from './said.ts';
import { addDryFlags, addInstallFlags, addOutputFlags, type SharedOptions } from './shared-flags.ts';
import { nameOf, type Target, targetOf } from './target.ts';
import { isInteractive } from './terminal.ts';

type Options = SharedOptions & ChoiceOptions;

export function defineCreate(command: Command, run: Run): void {
  const { given } = run;
  command
    .argument('[dir]', 'the folder; its last part is the name')
    .summary('make a new system (the default)');
  addChoiceFlags(command, run.engine.catalog, given);
  command.optionsGroup('Run:');
  addValue(command, { name: 'config', value: 'file|-', description: 'the spec, as YAML or JSON' }, given);
  addDryFlags(command, given);
  addInstallFlags(command, { standard: true, given });
  addBoolean(command, { name: 'git', standard: true, description: 'no repository, no first commit' }, given);
  addOutputFlags(command, given);
  command.action(async (directory: string | undefined) => {
    run.code = await create(directory, command.optsWithGlobals(), run);
  });
}

async function create(typed: string | undefined, options: Options, run: Run): Promise<number> {
  const { engine } = run;
  requireSupported(options.packageManager);
  const pipeline = await engine.open();
  const file = await readConfig(options.config, { terminal: run.terminal, pipeline });
  const said: Said = { options, flags: inputOf(options, engine.catalog), file };
  const answers = await answersOf({ typed, options, said, run, pipeline });
  const spec = settled(answers, said, run);
  const target = takeTarget(answers.directory ?? spec.name, run);
  const { root, directory } = target;
  const prepare = () => {
    try {
      return pipeline.create(spec, root);
    } catch (error) {
      throw named(error, said);
    }
  };
  const again = reproduction({
    version: engine.version,
    target,
    spec,
    catalog: engine.catalog,
    config: options.config,
    file: file?.input ?? null,
  });
  return carryOut({ command: 'create', root, directory, options, run, pipeline, prepare, again });
}

interface Request {
  readonly typed: string | undefined;
  readonly options: Options;
  readonly said: Said;
  readonly run: Run;
  readonly pipeline: Pipeline;
}

/** What was said, and what is asked for the rest where somebody can answer. */
async function answersOf({ typed, options, said, run, pipeline }: Request): Promise<Answers> {
  const { terminal, engine } = run;
  const name = (directory: string, { input }: Answers): Answers => ({
    directory,
    input: { ...input, name: said.file?.input.name ?? nameOf(takeTarget(directory, run)) },
  });
  const free = (answers: Answers): Answers => {
    if (answers.directory !== undefined) pipeline.requireFree(takeTarget(answers.directory, run).root);
    return answers;
  };
  const start: Answers = { directory: undefined, input: combined(said) };
  const directory = typed ?? said.file?.input.name ?? (options.yes ? defaultName : undefined);
  const answers = directory === undefined ? start : name(directory, start);
  const canAsk = isInteractive(terminal, options) && !said.file;
  // A value that cannot stand is told before anything is asked; what it lacks can still be answered.
  const problem = problemOf(answers.input, engine.catalog);
  if (problem && !(canAsk && isAskable(problem, answers.input))) throw named(problem, said);
  const known = problem ? choicesAlone(answers.input) : answers.input;
  try {
    pipeline.check(settleSpec(known, engine.catalog));
  } catch (error) {
    throw named(error, said);
  }
  if (canAsk) {
    const take = (text: string, before: Answers) => free(name(text, before));
    const { check } = pipeline;
    return askAll(free(answers), { catalog: engine.catalog, prompter: prompterOn(terminal), take, check });
  }
  if (directory === undefined) {
    throw new UserError(2, 'The folder [dir] is missing, and nothing can be asked here', {
      hint: 'Name it, such as create-msvc my-app, or take every default with --yes',
    });
  }
  return free(answers);
}

/** Whether choices fit together can be told before it is known what they are made for. */
function choicesAlone({ saga, ...others }: SpecInput): SpecInput {
  const style = typeof saga === 'object' ? { style: saga.style } : saga;
  return { ...others, name: undefined, services: undefined, saga: style };
}

function settled({ input }: Answers, said: Said, { engine }: Run): Spec {
  try {
    return settleSpec(input, engine.catalog);
  } catch (error) {
    throw named(error, said);
  }
}

function takeTarget(directory: string, { terminal }: Run): Target {
  return targetOf(directory, { cwd: terminal.cwd, commands: ['create', 'add', 'list', 'help'] });
}
