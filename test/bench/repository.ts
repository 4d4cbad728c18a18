/** A generated and installed repository, compiled as its images are, with the programs that measure it. */

import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, type Result, run, start, succeed } from '../e2e/commands.ts';
import { until } from '../e2e/until.ts';
import { imageNode } from './image-node.ts';
import { type Comparison, compare } from './pairs.ts';

/** Laid out as the repository is, into which they are copied. */
const programs = fileURLToPath(new URL('programs', import.meta.url));

/**
 * Adds the programs, those for `broker` alone where they differ, and compiles the services that have some: the steps
 * of their Dockerfiles.
 */
export async function addPrograms(repository: string, broker: 'rabbitmq' | 'kafka'): Promise<void> {
  const other = `raw-${broker === 'kafka' ? 'rabbitmq' : 'kafka'}.ts`;
  await cp(programs, repository, { recursive: true, filter: (path) => !path.endsWith(other) });
  await compile(repository, ['user', 'order']);
}

/** Adds the programs for a system with gRPC, and compiles the user service. */
export async function addGrpcPrograms(repository: string): Promise<void> {
  await addFrom('programs-grpc', repository);
  await compile(repository, ['user']);
}

/** Adds the programs for a system whose callers look instances up, and compiles the services that have some. */
export async function addDiscoveryPrograms(repository: string): Promise<void> {
  await addFrom('programs-discovery', repository);
  await compile(repository, ['user', 'order']);
}

/** Adds the programs of a folder, and the one that starts databases. */
async function addFrom(folder: string, repository: string): Promise<void> {
  await cp(fileURLToPath(new URL(folder, import.meta.url)), repository, { recursive: true });
  await cp(join(programs, 'chassis'), join(repository, 'chassis'), { recursive: true });
}

async function compile(repository: string, services: readonly string[]): Promise<void> {
  await succeed('npx', ['tsc', '-b', ...services.map((name) => `services/${name}`)], { cwd: repository });
  const chassis = join(repository, 'chassis/typescript');
  await cp(join(chassis, 'migrations'), join(chassis, 'dist/migrations'), { recursive: true });
}

export interface Databases {
  /** By name. */
  readonly urls: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts the embedded PostgreSQL with a database of each name. */
export async function startDatabases(repository: string, names: readonly string[]): Promise<Databases> {
  const program = 'chassis/typescript/tools/bench-databases.ts';
  const args = ['--import', 'tsx', '--conditions=source', program, ...names];
  const server = start(process.execPath, args, { cwd: repository });
  const urls = await until(async () => /^\{.*\}$/m.exec(server.output())?.[0], {
    what: () => `PostgreSQL runs:\n${server.output()}`,
    limitMs: 60_000,
  });
  return { urls: JSON.parse(urls), stop: () => end(server) };
}

type Environment = Readonly<Record<string, string>>;

/** Starts a compiled program of the repository as it is in production: on the Node.js of its images. */
export async function startCompiled(repository: string, program: string, env: Environment): Promise<Command> {
  return start(await imageNode(repository), [program], { cwd: repository, env: { ...production, ...env } });
}

/** The same, to its end. */
export async function runCompiled(repository: string, program: string, env: Environment): Promise<Result> {
  return run(await imageNode(repository), [program], { cwd: repository, env: { ...production, ...env } });
}

/** Runs a program that prints lines of JSON, each a pair of what was measured in turn. */
export async function comparePrinted(
  repository: string,
  program: string,
  env: Environment,
): Promise<Comparison> {
  const { code, output } = await runCompiled(repository, program, env);
  if (code !== 0) throw new Error(`${program} exited with ${code}:\n${output}`);
  return compare([...output.matchAll(/^\{"a".*\}$/gm)].map(([line]) => JSON.parse(line)));
}

/** Interrupts what was started, and waits for its end. */
export async function end(command: Command): Promise<void> {
  command.signal('SIGINT');
  await command.ended;
}

const production = {
  NODE_ENV: 'production',
  LOG_LEVEL: 'error',
  LOG_FORMAT: 'json',
  CARD_PROVIDER_URL: 'stand-in',
  // No proxy has to notice that it ends.
  SHUTDOWN_DELAY: '0ms',
};
