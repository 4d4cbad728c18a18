// The whole system on this machine: PostgreSQL, databases and every service as a process.
import { setTimeout as sleep } from 'node:timers/promises';
import { protocols } from '@app/chassis/edge';
import { embedded } from '@app/chassis/testing';
import { type Guard, startGuard } from './guard.ts';
import { chooseInstances, type Instance, type Scale } from './instances.ts';
import { ToolError } from './interrupt.ts';
import { type Databases, prepareDatabases } from './postgres/databases.ts';
import { namedDatabase } from './postgres/named.ts';
import { type PostgresServer, startPostgres } from './postgres/server.ts';
import { announce, type Running } from './running.ts';
import { type Crash, type ServiceProcess, startService } from './service-process.ts';
import { environment, setup } from './setup.ts';
import { system } from './system.ts';

const BUS = 'bus';
/** How long a service that is ready may still lack something, such as the addresses of others. */
const WHOLE_LIMIT_MS = 5_000;

export interface Stack {
  /** HTTP address of each instance, by its label: the first one has the name of its service. */
  readonly urls: ReadonlyMap<string, string>;
  /** All addresses of an instance; other services use the first. */
  addresses(label: string): readonly string[];
  /** Resolves when all services are ready; fails after the limit or when the signal is aborted. */
  ready(limitMs: number): Promise<void>;
  restart(services: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

export interface StackOptions {
  /** Keep the data in `.data` for the next time, or leave nothing. */
  readonly data: 'kept' | 'thrown away';
  readonly signal: AbortSignal;
  /** How often services run; once by default. */
  readonly scale?: Scale;
  /** A line of an instance's output. */
  onLine(instance: string, line: string): void;
  onCrash(instance: string, crash: Crash): void;
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
    if (made.length > 0) onStep(`Made ${made.length} secrets in .env.`);
    const env = await environment();
    const named = env.DATABASE_URL ? namedDatabase(env.DATABASE_URL) : undefined;
    const guard = startGuard();
    const server = named ? undefined : await startGuarded(data, guard);
    if (server && !server.adopted) undo.push(server.stop);
    signal.throwIfAborted();
    const adminUrl = server?.url ?? named ?? '';
    if (!server) onStep(`Using the PostgreSQL of DATABASE_URL at ${new URL(adminUrl).host}.`);
    const names = [...system.services.map(({ database }) => database), ...(embedded.length > 0 ? [BUS] : [])];
    const databases = await prepareDatabases(adminUrl, names);
    // Only now is it known that its owner is gone.
    if (server?.adopted) undo.push(server.stop);
    undo.push(databases.release);
    if (data === 'kept') undo.push(await announce(whereabouts(databases, env)));
    const instances = await chooseInstances(options.scale ?? new Map(), onStep);
    signal.throwIfAborted();
    const processes = startInstances(options, { env, databases, instances, guard });
    undo.push(async () => {
      await Promise.all([...processes.values()].map((process) => process.stop()));
    });
    const urls = new Map(instances.map(({ label, ports }) => [label, `http://localhost:${ports.PORT}`]));
    return {
      urls,
      addresses: (label) => {
        const found = instances.find((one) => one.label === label);
        return protocols.map(({ scheme, port }) => `${scheme}://localhost:${found?.ports[port]}`);
      },
      ready: async (limitMs) => {
        await Promise.all([...urls].map(([name, url]) => untilReady(name, { url, limitMs, signal })));
      },
      restart: async (services) => {
        const changed = instances.filter(({ service }) => services.includes(service.name));
        await Promise.all(changed.map(({ label }) => processes.get(label)?.restart()));
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function whereabouts(databases: Databases, env: Readonly<Record<string, string>>): Running {
  const urls = system.services.map(({ name, database }) => [name, databases.url(database)]);
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

interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly databases: Databases;
  readonly instances: readonly Instance[];
  readonly guard: Guard;
}

function startInstances(
  options: StackOptions,
  { guard, ...rest }: Surroundings,
): Map<string, ServiceProcess> {
  const start = (instance: Instance) =>
    startService({
      service: instance.service,
      guard,
      env: environmentOf(instance, rest),
      onLine: (line) => options.onLine(instance.label, line),
      onCrash: (crash) => options.onCrash(instance.label, crash),
    });
  return new Map(rest.instances.map((instance) => [instance.label, start(instance)]));
}

/** Variable with the address of a called service. */
export const addressVariable = (service: string) => `${service.toUpperCase().replaceAll('-', '_')}_URL`;

/** What an instance is started with. */
export function environmentOf(
  { service: { database, calls }, ports }: Instance,
  { env, databases, instances }: Omit<Surroundings, 'guard'>,
): Record<string, string> {
  const [{ scheme, port }] = protocols;
  const first = (service: string) => instances.find(({ label }) => label === service)?.ports[port];
  const called = calls.map((service) => [
    addressVariable(service),
    `${scheme}://127.0.0.1:${first(service)}`,
  ]);
  return {
    NODE_ENV: 'development',
    LOG_LEVEL: 'info',
    LOG_FORMAT: 'json',
    ...Object.fromEntries(embedded.map((variable) => [variable, databases.url(BUS)])),
    ...Object.fromEntries(called),
    ...env,
    DATABASE_URL: databases.url(database),
    ...Object.fromEntries(Object.entries(ports).map(([variable, number]) => [variable, String(number)])),
  };
}

async function untilReady(
  name: string,
  { url, limitMs, signal }: { url: string; limitMs: number; signal: AbortSignal },
): Promise<void> {
  const giveUpAt = performance.now() + limitMs;
  let readyAt: number | undefined;
  for (;;) {
    signal.throwIfAborted();
    const { ok, state } = await readiness(url);
    if (ok) readyAt ??= performance.now();
    if (ok && (state.includes('"status":"ready"') || performance.now() > (readyAt ?? 0) + WHOLE_LIMIT_MS))
      return;
    if (performance.now() > giveUpAt) throw new ToolError(`${name} is not ready: ${url}/readyz ${state}`);
    await sleep(100);
  }
}

async function readiness(url: string): Promise<{ ok: boolean; state: string }> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) });
    return { ok: response.ok, state: `answers ${response.status}: ${await response.text()}` };
  } catch {
    return { ok: false, state: 'does not answer' };
  }
}
