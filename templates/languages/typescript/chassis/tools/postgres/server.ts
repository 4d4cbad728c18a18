// The embedded PostgreSQL: a real server on this machine, for development and tests only. It outlives the
// process that started it when that is killed, and is then taken over by the next one.
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ToolError } from '../interrupt.ts';
import { freePort } from '../ports.ts';
import { isAlive } from '../process-group.ts';
import { root } from '../root.ts';
import { type Account, type Installation, prepareInstallation } from './installation.ts';

const PREFERRED_PORT = 54_321;
/** Of one that was killed. */
const LAUNCH_LIMIT_MS = 30_000;

export interface PostgresServer {
  /** URL of the administrator. */
  readonly url: string;
  readonly pid: number;
  /** It was running already: whoever started it was killed. */
  readonly adopted: boolean;
  /** SIGKILL: it writes nothing more. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again after a kill, on the same port. */
  revive(): Promise<void>;
  /** Ends all sessions and writes everything to disk; removes the data of a throw-away server. */
  stop(): Promise<void>;
}

/** Starts the server whose data is kept in `.data`, or one of its own, of that name, that leaves nothing. */
export async function startPostgres(
  data: 'kept' | 'thrown away',
  name = 'throw-away',
): Promise<PostgresServer> {
  const installation = await prepareInstallation(root);
  const { home, run } = installation;
  await sweep(installation);
  const folder = join(home, data === 'kept' ? 'postgres' : `${name}.${process.pid}`);
  const orphan = await findRunning(folder);
  if (!orphan) {
    if (!(await read(join(folder, 'password')))) await initialize(installation, folder);
    await launch(installation, folder);
  }
  let running = orphan ?? (await runningIn(folder));
  const stop = async () => {
    await run('pg_ctl', ['stop', '-D', join(folder, 'data'), '-m', 'fast', '-w', '-t', '30']);
    if (data === 'thrown away') await rm(folder, { recursive: true });
    await sweep(installation);
  };
  const password = await readFile(join(folder, 'password'), 'utf8');
  const url = `postgres://postgres:${password}@127.0.0.1:${running.port}/postgres`;
  return {
    url,
    get pid() {
      return running.pid;
    },
    adopted: orphan !== undefined,
    kill: async () => {
      process.kill(running.pid, 'SIGKILL');
      while (await findRunning(folder)) await sleep(10);
    },
    revive: async () => {
      await launch(installation, folder, running.port);
      running = await runningIn(folder);
    },
    stop,
  };
}

// Ends and removes what killed runs left: the number at the end of a name is the process that made it.
async function sweep({ home, run }: Installation): Promise<void> {
  for (const name of await readdir(home)) {
    const maker = /\.(\d+)$/.exec(name)?.[1];
    if (maker === undefined || isAlive(Number(maker))) continue;
    const folder = join(home, name);
    if (await findRunning(folder))
      await run('pg_ctl', ['stop', '-D', join(folder, 'data'), '-m', 'immediate']);
    // An initdb that has lost its parent writes on for a moment: then the next run removes it.
    await rm(folder, { recursive: true }).catch(() => {});
  }
}

// Works beside the folder, so that one that is there is complete: files `password`, `server.log` and `data`.
async function initialize({ account, run }: Installation, folder: string): Promise<void> {
  const unfinished = `${folder}.new.${process.pid}`;
  const password = join(unfinished, 'password');
  await mkdir(unfinished, { mode: 0o700 });
  await writeFile(password, randomBytes(16).toString('hex'), { mode: 0o600 });
  for (const path of [unfinished, password]) await give(account, path);
  await run('initdb', [
    ...['-D', join(unfinished, 'data'), '-U', 'postgres', '-A', 'scram-sha-256', '--pwfile', password],
    // The same order of strings on every machine.
    ...['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
  ]);
  await rename(unfinished, folder);
}

async function give(account: Account | undefined, path: string): Promise<void> {
  if (account) await chown(path, account.uid, account.gid);
}

/** On the first free port, or on the one that clients of it know. */
async function launch({ run }: Installation, folder: string, known?: number): Promise<void> {
  const log = join(folder, 'server.log');
  const giveUpAt = performance.now() + LAUNCH_LIMIT_MS;
  for (let from = PREFERRED_PORT; ; ) {
    const port = known ?? (await freePort(from));
    const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200`;
    await rm(log, { force: true });
    try {
      return await run('pg_ctl', [
        'start',
        '-D',
        join(folder, 'data'),
        '-w',
        '-t',
        '60',
        '-l',
        log,
        '-o',
        settings,
      ]);
    } catch (error) {
      const reason = (await read(log)) ?? String(error);
      const isTaken = known === undefined && reason.includes('could not bind');
      // The sessions of a killed server end a moment after it.
      const isHeld = known !== undefined && performance.now() < giveUpAt;
      if (!isTaken && !isHeld) throw new ToolError(`PostgreSQL does not start:\n${reason.trim()}`);
      // Someone else took the port in between.
      if (isTaken) from = port + 1;
      else await sleep(100);
    }
  }
}

async function runningIn(folder: string): Promise<{ pid: number; port: number }> {
  const running = await findRunning(folder);
  if (!running) throw new Error(`PostgreSQL has ended. Its log: ${join(folder, 'server.log')}`);
  return running;
}

// postmaster.pid stays behind after a kill or a power cut, and its number may be another process's by now.
async function findRunning(folder: string): Promise<{ pid: number; port: number } | undefined> {
  const file = join(folder, 'data', 'postmaster.pid');
  const [pid, , , port] = ((await read(file)) ?? '').split('\n').map(Number);
  if (!pid || !port) return undefined;
  if (isAlive(pid) && (await isPostgres(pid))) return { pid, port };
  await rm(file, { force: true });
  return undefined;
}

// Asked where numbers soon come round again: a container's start at 1 each time.
async function isPostgres(pid: number): Promise<boolean> {
  return (
    process.platform !== 'linux' || ((await read(`/proc/${pid}/cmdline`))?.includes('postgres') ?? false)
  );
}

const read = (path: string) => readFile(path, 'utf8').catch(() => undefined);
