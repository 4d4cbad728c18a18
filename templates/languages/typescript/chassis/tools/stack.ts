// The whole system on this machine: PostgreSQL, databases and every service as a process.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Guard, startGuard } from './guard.ts';
import { ToolError } from './interrupt.ts';
import { freePort } from './ports.ts';
import { type Databases, prepareDatabases } from './postgres/databases.ts';
import { type PostgresServer, startPostgres } from './postgres/server.ts';
import { announce, type Running } from './running.ts';
import { type Crash, type ServiceProcess, startService } from './service-process.ts';
import { environment, setup } from './setup.ts';
import { type Service, system } from './system.ts';

const BUS = 'bus';

export interface Stack {
  /** Base URL of each service. */
  readonly urls: ReadonlyMap<string, string>;
  /** Resolves when all services are ready; fails after the limit or when the signal is aborted. */
  ready(limitMs: number): Promise<void>;
  restart(services: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

export interface StackOptions {
  /** Keep the data in `.data` for the next time, or leave nothing. */
  readonly data: 'kept' | 'thrown away';
  readonly signal: AbortSignal;
  /** A line of a service's output. */
  onLine(service: string, line: string): void;
  onCrash(service: string, crash: Crash): void;
  /** What the user should know of the start. */
  onStep(step: string): void;
}

/** Starts all processes. When that fails, what was started is stopped. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { data, signal, onStep } = options;
  const undo: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const made = await setup();
    if (made.length > 0) onStep(`Made in .env: ${made.join(', ')}`);
    const env = await environment();
    const guard = startGuard();
    const server = env.DATABASE_URL ? undefined : await startGuarded(data, guard);
    if (server && !server.adopted) undo.push(server.stop);
    signal.throwIfAborted();
    const adminUrl = server?.url ?? env.DATABASE_URL ?? '';
    if (!server) onStep(`Using the PostgreSQL of DATABASE_URL at ${new URL(adminUrl).host}.`);
    const names = [...system.services.map(({ database }) => database), ...(system.broker ? [BUS] : [])];
    const databases = await prepareDatabases(adminUrl, names);
    // Only now is it known that its owner is gone.
    if (server?.adopted) undo.push(server.stop);
    undo.push(databases.release);
    if (data === 'kept') undo.push(await announce(whereabouts(databases, env)));
    const ports = await choosePorts(onStep);
    signal.throwIfAborted();
    const processes = startServices(options, { env, databases, ports, guard });
    undo.push(async () => {
      await Promise.all([...processes.values()].map((process) => process.stop()));
    });
    const urls = new Map([...ports].map(([name, port]) => [name, `http://localhost:${port}`]));
    return {
      urls,
      ready: async (limitMs) => {
        await Promise.all([...urls].map(([name, url]) => untilReady(name, { url, limitMs, signal })));
      },
      restart: async (services) => {
        await Promise.all(services.map((name) => processes.get(name)?.restart()));
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function whereabouts(databases: Databases, env: Readonly<Record<string, string>>): Running {
  const urls = system.services.map(({ database }) => [database, databases.url(database)]);
  const broker = system.broker ? (env.BROKER_URL ?? databases.url(BUS)) : undefined;
  return { databases: Object.fromEntries(urls), ...(broker === undefined ? {} : { broker }) };
}

/** Starts PostgreSQL; one whose data is thrown away ends with us, the other is taken over by the next run. */
export async function startGuarded(data: StackOptions['data'], guard: Guard): Promise<PostgresServer> {
  const server = await startPostgres(data);
  if (data === 'kept') return server;
  const { pid } = server;
  guard.note({ event: 'started', kind: 'server', pid });
  const stop = async () => {
    await server.stop();
    guard.note({ event: 'ended', kind: 'server', pid });
  };
  return { ...server, stop };
}

async function choosePorts(onStep: (step: string) => void): Promise<Map<string, number>> {
  const ports = new Map<string, number>();
  const fixed = system.services.map(({ port }) => port);
  for (const { name, port } of system.services) {
    const others = fixed.filter((other) => other !== port);
    const free = await freePort(port, new Set([...others, ...ports.values()]));
    if (free !== port) onStep(`Port ${port} is in use: ${name} takes ${free}.`);
    ports.set(name, free);
  }
  return ports;
}

interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly databases: Databases;
  readonly ports: ReadonlyMap<string, number>;
  readonly guard: Guard;
}

function startServices(options: StackOptions, { guard, ...rest }: Surroundings): Map<string, ServiceProcess> {
  const start = (service: Service) =>
    startService({
      service,
      guard,
      env: serviceEnvironment(service, rest),
      onLine: (line) => options.onLine(service.name, line),
      onCrash: (crash) => options.onCrash(service.name, crash),
    });
  return new Map(system.services.map((service) => [service.name, start(service)]));
}

function serviceEnvironment(
  { name, database, calls }: Service,
  { env, databases, ports }: Omit<Surroundings, 'guard'>,
): Record<string, string> {
  const key = (service: string) => `${service.toUpperCase().replaceAll('-', '_')}_URL`;
  const called = calls.map((service) => [key(service), `http://127.0.0.1:${ports.get(service)}`]);
  return {
    NODE_ENV: 'development',
    LOG_LEVEL: 'info',
    LOG_FORMAT: 'json',
    ...(system.broker ? { BROKER_URL: databases.url(BUS) } : {}),
    ...Object.fromEntries(called),
    ...env,
    DATABASE_URL: databases.url(database),
    PORT: String(ports.get(name)),
  };
}

async function untilReady(
  name: string,
  { url, limitMs, signal }: { url: string; limitMs: number; signal: AbortSignal },
): Promise<void> {
  const giveUpAt = performance.now() + limitMs;
  for (;;) {
    signal.throwIfAborted();
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => undefined,
    );
    if (response?.ok) return;
    if (performance.now() > giveUpAt) {
      const state = response ? `answers ${response.status}: ${await response.text()}` : 'does not answer';
      throw new ToolError(`${name} is not ready: ${url}/readyz ${state}`);
    }
    await sleep(100);
  }
}
