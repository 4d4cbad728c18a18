/** Instances of a service, and the broker, come, go and are killed while clients go on. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { succeed } from '../e2e/commands.ts';
import { type Compose, composeOf, type Published } from '../e2e/compose.ts';
import { ensureEngine } from '../e2e/engine.ts';
import { generateAndInstall } from '../e2e/project.ts';
import { expectProven } from '../e2e/proven.ts';
import { until } from '../e2e/until.ts';
import {
  isTwice,
  ordersByRest,
  type SlowStream,
  sagasByRest,
  streamOfUsers,
  usersByGrpc,
  usersByRest,
} from './clients.ts';
import { containersOf } from './containers.ts';
import { none, query, slowDown } from './slowness.ts';
import { startTraffic, type Traffic } from './traffic.ts';

/** In the proxy, of the service `user`; and of the proxy's own pages. */
const ports = { rest: 3001, grpc: 4001, statistics: 8404 };
/** In the proxy, of the service `order`. */
const orderPort = 3002;
const outageMs = 60_000;
const manyCount = 20_000;

/** In a container of `user`: succeeds when gRPC is not served. */
const connectsToNothing = `require('node:net').connect(4000, '127.0.0.1')
  .on('connect', () => process.exit(1)).on('error', () => process.exit(0))`;

/** In the metrics of `user`, by REST or gRPC: it has told about a user. */
const answeredCall =
  /^(http_request_duration_seconds_count\{method="GET",route="\/api\/users\/:id",status="200"|grpc_server_seconds_count\{method="user\.v1\.UserService\/GetUser",status="OK")\} [1-9]/m;

const running: (() => Promise<void>)[] = [];
let logs = async () => '';
beforeAll(ensureEngine);
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') console.log(await logs());
  for (const stop of running.splice(0).reverse()) await stop();
});

// At 50 requests a second, half of them over each protocol.
test('behind the proxy: 1 -> 3 -> 1 -> 3 instances, each restarted, and one of them killed, under REST and gRPC', async () => {
  const { folder, compose } = await start(['--sync', 'both', '--discovery', 'server'], {
    published: { haproxy: Object.values(ports), postgres: [5432], rabbitmq: [5672] },
  });
  const system = { compose, known: () => knownToProxy(compose) };
  const at = (port: number) => `127.0.0.1:${compose.port('haproxy', port)}`;
  const rest = goOn(startTraffic(usersByRest(`http://${at(ports.rest)}`)));
  const grpc = goOn(startTraffic(usersByGrpc(folder, at(ports.grpc))));
  for (const count of [3, 1, 3]) {
    await scale(system, count);
    await more(rest, grpc);
    expect([...rest.takeFailures(), ...grpc.takeFailures()], `with ${count}`).toEqual([]);
  }

  await manyUsers(compose);
  for (const { id } of await instancesOfUser(compose)) {
    await restart(system, { id, openStream: () => streamOfUsers(folder, at(ports.grpc)) });
    await more(rest, grpc);
    expect([...rest.takeFailures(), ...grpc.takeFailures()], 'with restarts').toEqual([]);
  }

  const repeatsSoFar = rest.repeats + grpc.repeats;
  await slowDown(compose, { read: 0.2, commit: 0.6 });
  const killedAt = await killOne(compose, [rest, grpc]);
  await slowDown(compose, none);
  await until(async () => (await system.known()) === 2, { what: () => 'two are left', limitMs: 60_000 });
  await more(rest, grpc);
  for (const traffic of [rest, grpc]) await traffic.stop();
  const stored = new Set(await query(compose, 'SELECT email FROM users'));
  let broken = rest.repeats + grpc.repeats - repeatsSoFar;
  // By gRPC the proxy tries a connection that fails nowhere else: one that is gone is left out after the second.
  for (const { traffic, late } of [
    { traffic: rest, late: 0 },
    { traffic: grpc, late: 2 },
  ]) {
    const failures = traffic.takeFailures();
    broken += failures.length;
    expect(failures.filter(({ kind }) => kind !== 'write')).toEqual([]);
    expect(failures.filter(({ sentAt }) => sentAt > killedAt).length).toBeLessThanOrEqual(late);
    expect(failures.filter(({ reason }) => isTwice(reason))).toEqual([]);
    expect(traffic.written.filter((key) => !stored.has(`${key}@traffic.example`))).toEqual([]);
  }
  // It did die in the middle of something.
  expect(broken).toBeGreaterThan(0);
});

test.each([
  ['REST', 'rest'],
  ['gRPC', 'both'],
])(
  'in a registry that is killed, too: 1 -> 3 -> 1 -> 3 -> 2 instances, and one of them killed, under orders that call them over %s',
  async (_, sync) => {
    const { compose } = await start(['--sync', sync, '--discovery', 'client'], {
      published: { order: [3000], postgres: [5432], rabbitmq: [5672] },
      files: ['infra/discovery/scaled.yaml'],
    });
    const order = `http://127.0.0.1:${compose.port('order', 3000)}`;
    const system = { compose, known: () => knownTo(order) };
    const traffic = goOn(startTraffic(ordersByRest(order)));
    for (const count of [3, 1, 3]) {
      await scale(system, count);
      await more(traffic);
      expect(traffic.takeFailures(), `with ${count}`).toEqual([]);
    }
    for (const index of [1, 2, 3])
      await until(() => isAsked(compose, index), {
        what: () => `calls of instance ${index}`,
        limitMs: 30_000,
      });

    await compose.run('kill', 'etcd');
    await more(traffic);
    expect(traffic.takeFailures(), 'without the registry').toEqual([]);
    // It comes back empty: the instances have to tell it that they are there.
    await compose.run('up', '--detach', '--wait', '--no-deps', 'etcd');
    await scale(system, 2);
    await more(traffic);
    expect(traffic.takeFailures(), 'with a new registry').toEqual([]);

    await slowDown(compose, { read: 1.2, commit: 0 });
    await killOne(compose, [traffic]);
    await more(traffic);
    await slowDown(compose, none);
    await more(traffic);
    await traffic.stop();
    expect(traffic.takeFailures()).toEqual([]);
  },
);

test.each([
  ['rabbitmq', 5672],
  ['kafka', 19092],
])(
  'behind the proxy, without %s for a minute: every order is taken at once, nothing restarts, and all end after it',
  async (broker, port) => {
    const { compose } = await start(['--discovery', 'server', '--broker', broker], {
      published: { haproxy: [orderPort, ports.statistics], postgres: [5432], [broker]: [port] },
    });
    const order = `http://127.0.0.1:${compose.port('haproxy', orderPort)}`;
    const traffic = goOn(startTraffic(sagasByRest(order)));
    await more(traffic);
    const before = await restarts(compose, broker);
    await compose.run('kill', '--signal', 'SIGKILL', broker);
    const outage = sleep(outageMs);
    await until(() => isDegraded(order), { what: () => 'the order service is degraded', limitMs: 30_000 });
    await outage;
    await compose.run('up', '--detach', '--wait', '--no-deps', broker);
    await more(traffic);
    await traffic.stop();

    expect(traffic.takeFailures()).toEqual([]);
    expect(await restarts(compose, broker)).toEqual(before);
    let open: readonly string[] = [];
    await until(
      async () => {
        open = await ordersWhere(compose, "status = 'PENDING'");
        return open.length === 0;
      },
      { what: () => `no order is open: ${open.join(', ')}`, limitMs: 240_000 },
    );
    expect(await ordersWhere(compose, 'true')).toHaveLength(traffic.written.length);
  },
);

interface System {
  readonly compose: Compose;
  /** How many instances requests are sent to. */
  readonly known: () => Promise<number>;
}

interface Composed {
  readonly published: Published;
  /** Compose files beside compose.yaml. */
  readonly files?: readonly string[];
}

/** Generates a system and starts it. */
async function start(flags: readonly string[], { published, files = [] }: Composed) {
  const folder = await generateAndInstall('shop', { flags });
  await expectProven(folder, 'compose/scaling.test.ts');
  await bePatient(folder);
  await succeed('npm', ['run', 'setup'], { cwd: folder });
  const compose = await composeOf(folder, published, files);
  running.push(compose.remove);
  logs = () => compose.run('logs', '--no-color', '--tail', '200', 'order', 'user');
  await compose.run('up', '--build', '--wait');
  return { folder, compose };
}

/** A machine that starts containers may keep an answer waiting for longer than the calls' usual deadline. */
async function bePatient(folder: string): Promise<void> {
  const policies = join(folder, 'services/order/src/policies.ts');
  const text = await readFile(policies, 'utf8');
  expect(text).toContain("deadline: '800ms'");
  await writeFile(policies, text.replace("deadline: '800ms'", "deadline: '8s'"));
}

function goOn(traffic: Traffic): Traffic {
  running.push(traffic.stop);
  return traffic;
}

/** Waits for the requests of four seconds. */
async function more(...all: readonly Traffic[]): Promise<void> {
  const goals = all.map(({ made, perSecond }) => made + 4 * perSecond);
  await until(async () => all.every(({ made }, at) => made > (goals[at] ?? 0)), {
    what: () => 'traffic goes on',
    limitMs: 60_000,
  });
}

async function scale({ compose, known }: System, count: number): Promise<void> {
  await compose.run('up', '--detach', '--no-recreate', '--no-deps', '--scale', `user=${count}`, 'user');
  let seen = 0;
  await until(
    async () => {
      seen = await known();
      return seen === count;
    },
    { what: () => `${count} instances are known: ${seen}`, limitMs: 120_000 },
  );
}

/** Restarts a container while each instance has a stream open, and reads them to their ends when it is leaving. */
async function restart(
  { compose, known }: System,
  { id, openStream }: { readonly id: string; readonly openStream: () => Promise<SlowStream> },
): Promise<void> {
  const streams = await Promise.all(Array.from({ length: 5 }, openStream));
  const haveStreams = async () => (await callsByInstance(compose)).every((open) => open > 0);
  await until(haveStreams, { what: () => 'each instance has a stream', limitMs: 10_000 });
  const restarted = succeed('docker', ['restart', id], { cwd: '/' });
  // It has served on for as long as the proxy may take to see that it leaves: now it only ends what it has begun.
  const isClosed = async () => {
    await succeed('docker', ['exec', id, 'node', '-e', connectsToNothing], { cwd: '/' });
    return true;
  };
  await until(isClosed, { what: () => 'it takes nothing new', limitMs: 30_000 });
  for (const { readOn } of streams) readOn();
  const counts = await Promise.all(streams.map(({ count }) => count));
  expect(Math.min(...counts)).toBeGreaterThan(manyCount);
  await restarted;
  await until(async () => (await known()) === 3, { what: () => 'it is back', limitMs: 60_000 });
}

/** 5 MB as a stream, more than all buffers between a server and a client hold: those of the proxy take half of it. */
async function manyUsers(compose: Compose): Promise<void> {
  const values = `repeat('N', 200), 'many-' || n || '@users.example'`;
  await query(
    compose,
    `INSERT INTO users (name, email) SELECT ${values} FROM generate_series(1, ${manyCount}) n`,
  );
}

async function instancesOfUser(compose: Compose) {
  return (await containersOf(compose.project)).filter(({ service }) => service === 'user');
}

/** Calls by gRPC that each instance of `user` has in hand. */
async function callsByInstance(compose: Compose): Promise<readonly number[]> {
  const pattern = new RegExp(
    `^haproxy_server_current_sessions\\{proxy="user-${ports.grpc}",.*\\} (\\d+)$`,
    'gm',
  );
  const all = [...(await statistics(compose)).matchAll(pattern)].map(([, open]) => Number(open));
  return all.sort((a, b) => b - a).slice(0, 3);
}

async function statistics(compose: Compose): Promise<string> {
  const page = await fetch(`http://127.0.0.1:${compose.port('haproxy', ports.statistics)}/metrics`);
  return page.text();
}

/** Kills an instance once requests pile up. @returns the instant of the monotonic clock at which it was gone */
async function killOne(compose: Compose, all: readonly Traffic[]): Promise<number> {
  const [victim] = await instancesOfUser(compose);
  const isBusy = async () => all.every(({ inFlight }) => inFlight >= 4);
  await until(isBusy, { what: () => 'requests are under way', limitMs: 30_000 });
  await succeed('docker', ['kill', victim?.id ?? ''], { cwd: '/' });
  return performance.now();
}

/** By container, the broker's aside. */
async function restarts(compose: Compose, broker: string): Promise<readonly string[]> {
  const others = (await containersOf(compose.project)).filter(({ service }) => service !== broker);
  return others.map(({ service, id, restarts }) => `${service} ${id} ${restarts}`).sort();
}

/** Whether it says that something is amiss, and that it takes requests all the same. */
async function isDegraded(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/readyz`);
  return answer.ok && (await answer.text()).includes('"degraded"');
}

/** @returns their ids */
async function ordersWhere(compose: Compose, condition: string): Promise<readonly string[]> {
  const sql = `SELECT id FROM orders WHERE ${condition}`;
  const psql = ['psql', '-v', 'ON_ERROR_STOP=1', '-U', 'postgres', '-d', 'order', '-tAc', sql];
  return (await compose.run('exec', '-T', 'postgres', ...psql)).split('\n').filter(Boolean);
}

/** Those that are up, where each of the service's ports sees the same ones. */
async function knownToProxy(compose: Compose): Promise<number> {
  const page = await statistics(compose);
  const up = [...page.matchAll(/^haproxy_server_status\{proxy="user-(\d+)",.*state="UP"\} 1$/gm)];
  const counts = [ports.rest, ports.grpc].map(
    (port) => up.filter(([, found]) => found === String(port)).length,
  );
  return counts[0] === counts[1] ? (counts[0] ?? 0) : Number.NaN;
}

/** Instances of `user` that the order service at `url` knows of. */
async function knownTo(url: string): Promise<number> {
  const page = await fetch(`${url}/metrics`);
  return Number(/^discovery_instances\{dependency="user"\} (\d+)$/m.exec(await page.text())?.[1]);
}

/** Whether an instance of `user` has answered calls over either protocol, on the port that `scaled.yaml` gave it. */
async function isAsked(compose: Compose, index: number): Promise<boolean> {
  const address = await compose.run('port', '--index', String(index), 'user', '3000');
  const page = await fetch(`http://${address.trim()}/metrics`);
  return answeredCall.test(await page.text());
}
