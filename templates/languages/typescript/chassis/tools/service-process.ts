// One service as a process: started, restarted after a crash or a change, and ended.
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Guard } from './guard.ts';
import { endGroup, killGroup, startGroup } from './process-group.ts';
import type { Service } from './system.ts';

/** The only place that knows how a language's services are started. */
const commands: Record<
  Service['language'],
  (service: Service, preload: readonly URL[]) => readonly string[]
> = {
  typescript: ({ name }, preload) => [
    ...[process.execPath, '--import', 'tsx/esm', '--conditions=source'],
    ...preload.flatMap((module) => ['--import', module.href]),
    `services/${name}/src/main.ts`,
  ],
};

const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 30_000;

export interface Crash {
  readonly how: string;
  readonly retryMs: number;
}

export interface ServiceProcess {
  /** Of the process that runs now. */
  readonly pid: number | undefined;
  /** Ends it and starts it again, at once if it waits after a crash; what was stopped stays so. */
  restart(): Promise<void>;
  /** SIGKILL; it stays down until it is restarted. @returns false where it had ended by itself before */
  kill(): Promise<boolean>;
  stop(): Promise<void>;
}

export interface ServiceProcessOptions {
  readonly service: Service;
  readonly env: Readonly<Record<string, string>>;
  readonly guard: Guard;
  /** Modules that are loaded before its own. */
  readonly preload?: readonly URL[];
  onLine(line: string): void;
  onCrash(crash: Crash): void;
}

/** Starts the service and keeps it running, with growing pauses between crashes, until it is stopped. */
export function startService(options: ServiceProcessOptions): ServiceProcess {
  let crashes = 0;
  let child: ChildProcess | undefined;
  let retry: NodeJS.Timeout | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let isStopped = false;

  const start = () => {
    const startedAt = performance.now();
    const current = launch(options);
    child = current;
    current.once('exit', (code, signal) => {
      if (child !== current) return;
      child = undefined;
      // One that has run for a while was not failing all along.
      if (performance.now() - startedAt > LONGEST_BACKOFF_MS) crashes = 0;
      const retryMs = Math.min(FIRST_BACKOFF_MS * 2 ** crashes++, LONGEST_BACKOFF_MS);
      retry = setTimeout(start, retryMs);
      options.onCrash({ how: signal ? `killed by ${signal}` : `exited with code ${code}`, retryMs });
    });
  };
  /** The process that runs is no longer kept running. */
  const release = () => {
    clearTimeout(retry);
    const current = child;
    child = undefined;
    return current;
  };
  const end = async () => {
    const current = release();
    if (current) await endGroup(current);
  };
  const kill = async () => {
    const current = release();
    return current !== undefined && killGroup(current);
  };
  const startAgain = async () => {
    await end();
    crashes = 0;
    // A change may be noticed while all is stopping.
    if (!isStopped) start();
  };
  // One after the other: changes come faster than a service stops.
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine;
    return mine;
  };

  const stop = () => {
    isStopped = true;
    return inTurn(end);
  };

  start();
  return {
    get pid() {
      return child?.pid;
    },
    stop,
    restart: () => inTurn(startAgain),
    kill: () => inTurn(kill),
  };
}

function launch({ service, env, guard, preload = [], onLine }: ServiceProcessOptions): ChildProcess {
  const command = commands[service.language](service, preload);
  const child = startGroup({ command, env, guard, stdio: ['ignore', 'pipe', 'pipe'] });
  child.on('error', (error) => onLine(`Cannot start ${command[0]}: ${error.message}`));
  for (const output of [child.stdout, child.stderr]) {
    if (output) createInterface({ input: output }).on('line', onLine);
  }
  return child;
}
