// The system under test: every service as a process, PostgreSQL and the broker, each of them mortal, and each of the
// connections between them through a link that can be cut. All data is its own and thrown away.
import { type Database, openDatabase } from '@app/chassis/database';
import { protocols } from '@app/chassis/edge';
import type { Outside } from '@app/chassis/saga';
import { embedded } from '@app/chassis/testing';
import { type Guard, startGuard } from '../guard.ts';
import { chooseInstances, type Instance, type Scale } from '../instances.ts';
import { ToolError } from '../interrupt.ts';
import { type Databases, prepareDatabases } from '../postgres/databases.ts';
import { environment, setup } from '../setup.ts';
import { addressVariable, environmentOf } from '../stack.ts';
import { system } from '../system.ts';
import type { Broker } from './brokers/broker.ts';
import { type BrokerChoice, startBroker } from './brokers/brokers.ts';
import { type Undo, undoAll } from './lifetime.ts';
import { type Link, startLink, withoutLink } from './link.ts';
import { type Mortal, startMortal } from './mortal.ts';
import { books, subject } from './subject.ts';
import { startVictim, type Victim } from './victim.ts';
import { wait } from './wait.ts';

export interface TestSystem {
  readonly victims: readonly Victim[];
  /** First instance of a service. */
  victim(service: string): Victim;
  /** By service: between its callers and its first instance. */
  readonly calls: ReadonlyMap<string, Link>;
  readonly postgres: Mortal;
  readonly broker: Broker;
  /** By participant: what it calls outside of the system. */
  readonly outside: ReadonlyMap<string, Outside>;
  /** A service's database, past every link. */
  db(service: string): Database;
  /** Where callers look up the instances of services; undefined where they know one address. */
  readonly instances: Database | undefined;
  /** Address of the initiator's API. */
  readonly address: string;
  readonly signal: AbortSignal;
  /** Waits until every instance is ready. */
  ready(): Promise<void>;
  stop(): Promise<void>;
}

/** A module that is loaded before a service's own, and the variables that it reads. */
export interface Preload {
  readonly service: string;
  readonly module: URL;
  readonly env: Readonly<Record<string, string>>;
}

export interface SystemOptions {
  readonly broker: BrokerChoice;
  readonly scale: Scale;
  readonly preload?: Preload;
  /** Without links: nothing is to happen to any connection. */
  readonly direct?: boolean;
  readonly signal: AbortSignal;
  onLine(label: string, line: string): void;
  onStep(step: string): void;
}

/** Whether callers look up where the instances of a service are. */
export const isLookedUp = subject.instances.table !== '';

/** Other protocols make many calls over one connection, and connect again without one. */
export const hasConnectionForEachCall = protocols[0].scheme === 'http';

const READY_MS = 120_000;

/** Starts everything. When that fails, what was started is stopped. */
export async function startTestSystem(options: SystemOptions): Promise<TestSystem> {
  const undo: Undo = [];
  const stop = () => undoAll(undo);
  try {
    return { ...(await start(options, undo)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(options: SystemOptions, undo: Undo): Promise<Omit<TestSystem, 'stop'>> {
  const { signal, onStep } = options;
  await setup();
  const guard = startGuard();
  const postgres = await startMortal('faults', guard);
  undo.push(postgres.stop);
  signal.throwIfAborted();
  const broker = await startBroker(options.broker, guard);
  undo.push(broker.stop);
  signal.throwIfAborted();
  const names = system.services.map(({ database }) => database);
  // What else runs in containers only has its place on the services' server: the bus dies apart from it.
  const extra = isLookedUp ? ['bus'] : [];
  const databases = await prepareDatabases(postgres.url, [...names, ...extra]);
  undo.push(databases.release);
  const outside = await startOutside(undo);
  const instances = await chooseInstances(options.scale, onStep);
  const link = options.direct ? withoutLink : startLink;
  const calls = await linkCalls(instances, link, undo);
  signal.throwIfAborted();
  const around = { guard, databases, broker, outside, instances, link, calls };
  const victims = await startVictims(options, around, undo);
  const pools = new Map(system.services.map((service) => [service.name, openPool(service, databases, undo)]));
  const [{ scheme, port }] = protocols;
  const edge = instances.find(({ label }) => label === subject.initiator);
  return {
    victims,
    victim: (service) =>
      found(
        victims.find(({ label }) => label === service),
        service,
      ),
    calls,
    postgres,
    broker,
    outside,
    db: (service) => found(pools.get(service), service),
    instances: isLookedUp ? openPool({ database: 'bus' }, databases, undo) : undefined,
    address: `${scheme}://127.0.0.1:${edge?.ports[port]}`,
    signal,
    ready: async () => {
      await Promise.all(victims.map((victim) => untilReady(victim, signal)));
    },
  };
}

/** Ready, and nothing of it is degraded. */
async function untilReady({ label, readiness }: Victim, signal: AbortSignal): Promise<void> {
  let state = '';
  const isWhole = async () => {
    state = await readiness().catch((error: Error) => error.message);
    return state.includes('"status":"ready"');
  };
  await wait(isWhole, { limitMs: READY_MS, what: `${label} is ready`, signal }).catch((error) => {
    signal.throwIfAborted();
    throw new ToolError(`${(error as Error).message}: ${state}`);
  });
}

async function startOutside(undo: Undo): Promise<Map<string, Outside>> {
  const started = new Map<string, Outside>();
  for (const { service, outside } of books) {
    if (!outside) continue;
    const one = await outside();
    undo.push(one.stop);
    started.set(service, one);
  }
  return started;
}

/** Puts a link in front of every service that is called. */
async function linkCalls(
  instances: readonly Instance[],
  link: Around['link'],
  undo: Undo,
): Promise<Map<string, Link>> {
  const [{ port }] = protocols;
  const links = new Map<string, Link>();
  for (const name of new Set(system.services.flatMap(({ calls }) => calls))) {
    const between = await link(instances.find(({ label }) => label === name)?.ports[port] ?? 0);
    undo.push(between.close);
    links.set(name, between);
  }
  return links;
}

interface Around {
  readonly guard: Guard;
  readonly databases: Databases;
  readonly broker: Broker;
  readonly outside: ReadonlyMap<string, Outside>;
  readonly instances: readonly Instance[];
  /** Puts a link in front of a port. */
  readonly link: typeof startLink;
  readonly calls: ReadonlyMap<string, Link>;
}

async function startVictims(options: SystemOptions, around: Around, undo: Undo): Promise<Victim[]> {
  const { guard, databases, broker, instances, link } = around;
  const given = await environment();
  // The system's own: whatever is set for development is not what is tested.
  const env = Object.fromEntries(
    Object.entries(given).filter(([name]) => name !== 'DATABASE_URL' && !embedded.includes(name)),
  );
  const victims: Victim[] = [];
  for (const instance of instances) {
    const { label, service } = instance;
    const preload = options.preload?.service === service.name ? options.preload : undefined;
    const victim = await startVictim({
      instance,
      guard,
      databaseUrl: databases.url(service.database),
      brokerUrl: broker.url,
      linkable: broker.linkable,
      link,
      env: {
        ...environmentOf(instance, { env, databases, instances }),
        ...callsOf(instance, around),
        ...around.outside.get(service.name)?.env,
        ...preload?.env,
      },
      preload: preload ? [preload.module] : [],
      onLine: (line) => options.onLine(label, line),
    });
    undo.push(victim.stop);
    victims.push(victim);
  }
  return victims;
}

/** Addresses of the services that it calls, through their links. */
function callsOf({ service }: Instance, { calls }: Around): Record<string, string> {
  const [{ scheme }] = protocols;
  return Object.fromEntries(
    service.calls.map((name) => [addressVariable(name), `${scheme}://127.0.0.1:${calls.get(name)?.port}`]),
  );
}

function openPool({ database }: { readonly database: string }, databases: Databases, undo: Undo): Database {
  const pool = openDatabase({ url: databases.url(database), max: 4 });
  undo.push(pool.close);
  return pool;
}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`There is no service "${name}".`);
  return value;
}
