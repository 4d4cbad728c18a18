/** From prepared changes to the end of a run: the same for every command that writes. */

import { UserError } from '../errors.ts';
import { unifiedDiff } from '../merge/patch.ts';
import type { Prepared } from '../run.ts';
import { closingScreen } from './closing.ts';
import type { Pipeline } from './engine.ts';
import { afterWriting } from './interrupt.ts';
import { noteOnPackageManager } from './package-manager.ts';
import type { Run } from './program.ts';
import { type Progress, progressOn } from './progress.ts';
import { reportError } from './report-error.ts';
import { taskWords } from './reproduce.ts';
import { counted, printJson, type Result, shellLine } from './result.ts';
import type { SharedOptions } from './shared-flags.ts';
import { commitAll, installPackages, type TaskOptions, type TaskResult } from './tasks.ts';

export interface Order {
  readonly command: Result['command'];
  readonly root: string;
  /** As the user would type it from here. */
  readonly directory: string;
  readonly options: SharedOptions;
  readonly run: Run;
  readonly pipeline: Pipeline;
  readonly prepare: () => Prepared;
  /** The command that does the same again, up to what follows the writing. */
  readonly again: readonly string[];
}

/** Plans, writes, does what follows, and prints what came of it. @returns the exit code */
export async function carryOut(order: Order): Promise<number> {
  const { options, run, root, pipeline } = order;
  const { terminal } = run;
  const progress = progressOn(terminal, { quiet: options.quiet ?? false });
  const prepared = await progress.step('Planning', planned, order.prepare);
  const { changes } = prepared.changes;
  refuseConflicts(prepared);
  const isDry = options.dryRun || options.diff;
  if (!isDry && changes.length > 0) {
    await progress.step(
      'Writing',
      () => `Wrote ${counted(changes)}`,
      () => pipeline.apply(prepared.changes, { root, signal: terminal.signal }),
    );
  }
  const tasks = isDry || changes.length === 0 ? noTasks : await doTasks(order, progress);
  const result = resultOf(order, { prepared, tasks });
  terminal.stdout.write(screenOf(result, order));
  return closingCode(result, order);
}

function planned({ plan }: Prepared): string {
  const count = plan.services.length;
  return `Planned ${count === 1 ? '1 service' : `${count} services`}`;
}

/** @throws UserError (code 3) that names the files */
function refuseConflicts({ changes: { conflicts } }: Prepared): void {
  const first = conflicts[0];
  if (!first) return;
  const more =
    conflicts.length > 1
      ? ` (and ${conflicts.length - 1} more: ${conflicts
          .slice(1, 4)
          .map(({ path }) => path)
          .join(', ')})`
      : '';
  throw new UserError(3, `"${first.path}" has a conflict: ${first.reason}${more}`, {
    hint: 'Nothing was written',
    files: conflicts,
  });
}

const off: TaskResult = { status: 'skipped', reason: null };
const noTasks: Result['tasks'] = { install: off, git: off };

/** Packages first, so that the lockfile they make is in the first commit; without them that commit is made all the same. */
async function doTasks(
  { command, root, options, run: { terminal } }: Order,
  progress: Progress,
): Promise<Result['tasks']> {
  const shouldInstall = options.install ?? command === 'create';
  const shouldCommit = command === 'create' && options.git !== false;
  const doneLine = (text: string) => (result: TaskResult) => (result.status === 'done' ? text : null);
  const task = (doing: string, done: string, work: (at: TaskOptions) => Promise<TaskResult>) =>
    progress.step(doing, doneLine(done), () => work({ root, terminal }));
  try {
    return {
      install: shouldInstall
        ? await task('Installing packages with npm', 'Installed packages', installPackages)
        : off,
      git: shouldCommit ? await task('Making the first commit', 'Made the first commit', commitAll) : off,
    };
  } catch (error) {
    throw afterWriting(error, 'Go on with npm install there');
  }
}

function resultOf(
  { command, root, directory, options, run, again }: Order,
  {
    prepared: { plan, changes, readMine },
    tasks,
  }: { readonly prepared: Prepared; readonly tasks: Result['tasks'] },
): Result {
  const isDry = Boolean(options.dryRun || options.diff);
  const hasFailed = Object.values(tasks).some(({ status }) => status === 'failed');
  const needsInstall =
    tasks.install.status !== 'done' && changes.changes.some(({ path }) => path.endsWith('package.json'));
  const note = noteOnPackageManager(run.terminal.env);
  return {
    command,
    version: run.engine.version,
    status:
      changes.changes.length === 0 ? 'unchanged' : isDry ? 'planned' : hasFailed ? 'incomplete' : 'done',
    directory: root,
    spec: plan.spec,
    changes: changes.changes.map(({ kind, path }) => ({ kind, path })),
    conflicts: changes.conflicts,
    notes: [...changes.notes, ...(note ? [note] : [])],
    diff: options.diff ? unifiedDiff(changes, readMine) : null,
    tasks,
    next: [
      ...(directory === '.' ? [] : [shellLine(['cd', directory])]),
      ...(needsInstall ? ['npm install'] : []),
      // What it plays is a saga.
      ...(plan.saga ? ['npm run demo'] : []),
      'npm run dev',
    ],
    urls: Object.fromEntries(plan.services.map(({ name, port }) => [name, `http://localhost:${port}`])),
    reproduce: shellLine([...again, ...taskWords(options)]),
  };
}

function screenOf(result: Result, { options, run }: Order): string {
  if (options.json) return printJson(result);
  if (result.diff !== null) return result.diff;
  if (result.status === 'planned')
    return result.changes.map(({ kind, path }) => `${kind.padEnd(6)}  ${path}\n`).join('');
  if (options.quiet) return '';
  return closingScreen(result, run.terminal, { made: madeLine(result) });
}

function madeLine({ command, status, spec, changes }: Result): string {
  if (status === 'unchanged') return `Nothing to do: ${spec.name} has it already`;
  return command === 'create'
    ? `${spec.name} is ready: ${Object.keys(spec.services).length} services in ${changes.length} files`
    : `${spec.name} is up to date: ${counted(changes)}`;
}

/** 0, or 6 with a sentence that says how to go on. The files stay as they are. */
function closingCode({ tasks }: Result, { directory, options, run: { terminal } }: Order): number {
  const failures = steps.filter(({ task }) => tasks[task].status === 'failed');
  for (const { task, name, goOn } of failures) {
    const error = new UserError(6, `The system is complete in "${directory}", but ${name} failed`, {
      hint: goOn,
    });
    terminal.stderr.write(`\n${tasks[task].reason ?? ''}\n\n`);
    reportError(error, terminal, { json: false, debug: options.debug ?? false });
  }
  return failures.length === 0 ? 0 : 6;
}

const steps = [
  { task: 'install', name: '"npm install"', goOn: 'Run npm install there again' },
  { task: 'git', name: 'its first git commit', goOn: 'Commit it yourself; --no-git leaves it out' },
] as const;
