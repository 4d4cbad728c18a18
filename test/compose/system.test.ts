/** Systems in containers, as their compose.yaml says, on a real engine. */

import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { succeed } from '../e2e/commands.ts';
import { type Compose, composeOf } from '../e2e/compose.ts';
import { ensureEngine } from '../e2e/engine.ts';
import { generateAndInstall } from '../e2e/project.ts';
import { expectProven } from '../e2e/proven.ts';
import { containersOf, remainsOf, sizeOf, timesOf } from './containers.ts';
import { composedSystems } from './systems.ts';

interface ComposeFile {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly build?: unknown;
        readonly ports?: readonly string[];
        readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
      }
    >
  >;
}

beforeAll(ensureEngine);

describe.each(composedSystems)('$title', ({ flags }) => {
  let folder: string;
  let file: ComposeFile;
  let compose: Compose;
  beforeAll(async () => {
    folder = await generateAndInstall('shop', { flags });
    await expectProven(folder, 'compose/system.test.ts');
    await succeed('npm', ['run', 'setup'], { cwd: folder });
    file = parse(await readFile(join(folder, 'compose.yaml'), 'utf8'), { merge: true });
    compose = await composeOf(folder, publishedIn(file));
  });
  afterAll(() => compose?.remove());

  const built = () => Object.keys(file.services).filter((name) => isService(name, file));

  /** What the system's own demonstration plays, in the protocol that it speaks. */
  async function playBoth(): Promise<void> {
    const { scheme, service, inside } = entranceOf('order', file);
    const address = `${scheme}://127.0.0.1:${compose.port(service, inside)}`;
    await succeed('npm', ['run', 'demo', '--', '--url', address], { cwd: folder });
  }

  async function orders(): Promise<number> {
    const sql = 'SELECT count(*) FROM orders';
    return Number(
      await compose.run('exec', '-T', 'postgres', 'psql', '-U', 'postgres', '-d', 'order', '-tAc', sql),
    );
  }

  test('from nothing to healthy, each service after those that it needs', async () => {
    const since = Math.floor(Date.now() / 1000);
    await compose.run('up', '--build', '--wait');
    const times = await timesOf(compose.project, since);
    for (const name of built())
      expect(neededBy(name, file), name).toEqual(expect.arrayContaining([...basis(file)]));
    const waits = Object.entries(file.services).flatMap(([name, { depends_on = {} }]) =>
      Object.entries(depends_on)
        .filter(([, { condition }]) => condition === 'service_healthy')
        .map(([needed]) => ({ name, needed })),
    );
    for (const { name, needed } of waits) {
      const started = times.get(name)?.started;
      expect(started, `${name} after ${needed}`).toBeGreaterThan(times.get(needed)?.healthy ?? Number.NaN);
    }
  });

  test('one order is confirmed, and one whose card is declined gives its stock back', playBoth);

  test('every container has few rights and a limit on what it may use', async () => {
    const containers = await containersOf(compose.project);
    expect(containers.map(({ service }) => service).sort()).toEqual(Object.keys(file.services).sort());
    for (const container of containers) {
      expect(container, container.service).toMatchObject({
        user: expect.stringMatching(/^[1-9]\d*(?::\d+)?$/),
        isReadOnly: true,
        droppedCapabilities: ['ALL'],
        security: expect.arrayContaining(['no-new-privileges:true']),
      });
      const { memory, cpus, pids } = container;
      expect(Math.min(memory, cpus, pids), `a limit of ${container.service}`).toBeGreaterThan(0);
    }
  });

  test('every port is open to this machine only', () => {
    const ports = Object.values(file.services).flatMap(({ ports: some = [] }) => some);
    expect(ports).not.toEqual([]);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  test('an image of a service adds less than 80 MB to its base', async () => {
    const base = await sizeOf('node:24-slim');
    for (const { service, image } of await containersOf(compose.project)) {
      if (!built().includes(service)) continue;
      expect((await sizeOf(image)) - base, service).toBeLessThan(80_000_000);
    }
  });

  test('a restart keeps the orders, and new ones are taken', async () => {
    const before = await orders();
    expect(before).toBeGreaterThan(0);
    await compose.run('restart');
    await compose.run('up', '--wait');
    expect(await orders()).toBe(before);
    await playBoth();
    expect(await orders()).toBe(before + 2);
  });

  test('a build after a change of a source gets no package anew', async () => {
    const main = join(folder, 'services/order/src/main.ts');
    await writeFile(main, `${await readFile(main, 'utf8')}\n// Changed: ${randomUUID()}.\n`);
    const output = await compose.run('--progress', 'plain', 'build', 'order');
    const steps = [...output.matchAll(/^#(\d+) \[[^\]]*\] RUN .*$/gm)];
    const isCached = (number: string) => output.includes(`\n#${number} CACHED\n`);
    const [installing, others] = [/npm ci/, /tsc -b/].map((command) =>
      steps.filter(([line]) => command.test(line)).map(([, number = '']) => number),
    );
    expect(installing).not.toEqual([]);
    expect(installing?.filter((number) => !isCached(number))).toEqual([]);
    // And it was a build.
    expect(others?.filter(isCached)).toEqual([]);
  });

  test('docker compose down --volumes leaves nothing', async () => {
    expect(await remainsOf(compose.project)).not.toEqual([]);
    await compose.run('down', '--volumes');
    expect(await remainsOf(compose.project)).toEqual([]);
  });
});

/** What has to be there before a service starts. */
function neededBy(name: string, file: ComposeFile): readonly string[] {
  const direct = Object.keys(file.services[name]?.depends_on ?? {});
  return [...direct, ...direct.flatMap((needed) => neededBy(needed, file))];
}

/** Databases, brokers and the like: what is not built here and does not stand in front of what is. */
function basis(file: ComposeFile): readonly string[] {
  const isBuilt = (name: string) => file.services[name]?.build !== undefined;
  return Object.keys(file.services).filter((name) => ![name, ...neededBy(name, file)].some(isBuilt));
}

/** Whether it is built here and stays up: a job ends, and others wait for that. */
function isService(name: string, { services }: ComposeFile): boolean {
  const isJob = Object.values(services).some(
    ({ depends_on = {} }) => depends_on[name]?.condition === 'service_completed_successfully',
  );
  return services[name]?.build !== undefined && !isJob;
}

interface Entrance {
  readonly scheme: 'http' | 'grpc';
  /** Who opens the port: the service, or what stands in front of it. */
  readonly service: string;
  readonly inside: number;
}

/** Where a service takes requests in; by gRPC where it speaks that, as its own tools do. */
function entranceOf(service: string, { services }: ComposeFile): Entrance {
  const insides = services[service]?.ports?.map((port) => Number(port.split(':').at(-1)));
  if (insides?.includes(4000)) return { scheme: 'grpc', service, inside: 4000 };
  if (insides) return { scheme: 'http', service, inside: 3000 };
  const inside = 3001 + ['user', 'order', 'inventory', 'payment'].indexOf(service);
  const isFront = (name: string) => services[name]?.ports?.includes(`127.0.0.1:${inside}:${inside}`);
  return { scheme: 'http', service: Object.keys(services).find(isFront) ?? service, inside };
}

/** The ports inside, by service. */
function publishedIn({ services }: ComposeFile) {
  const all = Object.entries(services).map(([name, { ports = [] }]) => {
    const inside = ports.map((port) => Number(port.split(':').at(-1)));
    return [name, inside] as const;
  });
  return Object.fromEntries(all.filter(([, ports]) => ports.length > 0));
}
