// Every way in which someone ends a tool, as one signal: Ctrl-C, kill, a closed terminal, a closed pipe,
// and the end of the npm that started it.
import { setMaxListeners } from 'node:events';

/** Why a tool ends early. `exitCode` is the shell's: 128 + the signal's number. */
export class Interrupted extends Error {
  readonly exitCode: number;

  constructor(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') {
    super(`Interrupted by ${signal}.`);
    this.exitCode = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }[signal];
  }
}

/** Aborted by the first of them; later ones change nothing, as stopping takes a limited time anyway. */
export function onInterrupt(): AbortSignal {
  const controller = new AbortController();
  // Every watched folder listens to it.
  setMaxListeners(0, controller.signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => controller.abort(new Interrupted(signal)));
  }
  process.stdout.on('error', () => controller.abort(new Interrupted('SIGHUP')));
  process.stderr.on('error', () => controller.abort(new Interrupted('SIGHUP')));
  if (process.env.npm_lifecycle_event !== undefined) {
    const parent = process.ppid;
    // A killed npm, or the shell between, does not always pass the signal on.
    const watch = () => process.ppid !== parent && controller.abort(new Interrupted('SIGTERM'));
    setInterval(watch, 300).unref();
  }
  return controller.signal;
}

/** Runs a tool: an interrupt and an error become the exit code, the error one clear message. */
export async function runTool(tool: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const signal = onInterrupt();
  try {
    await tool(signal);
  } catch (error) {
    const cause = signal.aborted ? signal.reason : error;
    process.exitCode = exitCodeOf(cause);
    if (!(cause instanceof Interrupted)) process.stderr.write(`${describe(cause)}\n`);
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return error.exitCode;
  return isUsage(error) || error instanceof WrongUsage ? 2 : 1;
}

/** A flag that `parseArgs` does not take. */
function isUsage(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && `${error.code}`.startsWith('ERR_PARSE_ARGS_');
}

// A sentence that we wrote for the user stands alone; anything unforeseen keeps its stack.
function describe(error: unknown): string {
  if (error instanceof ToolError) return error.message;
  // What follows the first sentence is for programmers.
  if (isUsage(error)) return `${error.message.split(/\. (?=[A-Z])/)[0]?.replace(/\.$/, '')}.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Something the user can mend; the message says how. */
export class ToolError extends Error {}

/** What the user wrote is wrong: the message names the flag or the variable. */
export class WrongUsage extends ToolError {}
