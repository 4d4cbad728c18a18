// Calls of several instances under load while some of them end, or the registry loses its list: for any registry.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { api, operation } from '@app/chassis/contract';
import type { Host, RunningPart } from '@app/chassis/lifecycle';
import { calls, client } from '@app/chassis/rpc';
import { noMetrics, silentLogger } from '@app/chassis/telemetry';
import { testDatabase, until } from '@app/chassis/testing';
import { z } from 'zod';
import { registered } from '../../src/discovery/index.ts';
import { direct } from '../rpc/direct.ts';

const common = { path: '/', input: z.object({}), output: z.object({ pid: z.number() }) };
const example = { input: {}, output: { pid: 1 } };
const AnsweringApi = api('answering', {
  ask: operation({ summary: 'Asks', method: 'GET', ...common, example }),
  act: operation({ summary: 'Acts', method: 'POST', ...common, example }),
});
const answering = client(AnsweringApi, {
  protocol: direct,
  deadline: '5s',
  retry: { attempts: 3 },
  resolver: registered,
});
const context = { log: silentLogger };

const file = fileURLToPath(new URL('./instance.ts', import.meta.url));

interface World {
  readonly part: RunningPart;
  readonly children: readonly ChildProcess[];
}

async function start(t: TestContext, registryUrl: string): Promise<World> {
  const { url } = await testDatabase(t, { folders: [] });
  const env = { ...process.env, DATABASE_URL: url, REGISTRY_URL: registryUrl, PORT: '0', LOG_LEVEL: 'error' };
  const children = Array.from({ length: 3 }, () =>
    spawn(process.execPath, ['--import', 'tsx/esm', '--conditions=source', file], { env, stdio: 'inherit' }),
  );
  const host = {
    service: 'caller',
    env: { REGISTRY_URL: registryUrl },
    log: silentLogger,
    metrics: noMetrics,
  };
  const part = await calls([answering]).start(host as unknown as Host);
  return { part, children };
}

async function end({ part, children }: World): Promise<void> {
  await part.stop?.();
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

/** Calls until `stop`, every second one a POST; more at a time than all retries that a dead dependency would get. */
function startLoad() {
  const inFlight = 60;
  const pids = new Set<number>();
  const failed = { ask: 0, act: 0 };
  let made = 0;
  let open = true;
  const workers = Array.from({ length: inFlight }, async () => {
    while (open) {
      const name = made++ % 2 === 0 ? 'ask' : 'act';
      await answering[name]({}, context).then(
        ({ pid }) => pids.add(pid),
        () => {
          failed[name] += 1;
        },
      );
    }
  });
  return {
    inFlight,
    failed,
    /** All of `children` answer, and nobody else. */
    reaches: async (...children: readonly ChildProcess[]) => {
      const expected = children.map(({ pid }) => pid).sort();
      const condition = async () => {
        pids.clear();
        const goal = made + 50;
        await until(() => made > goal, { limitMs: 10_000, what: 'calls go on' });
        return [...pids].sort().join() === expected.join();
      };
      await until(condition, { limitMs: 30_000, what: `${expected.length} instances answer` });
    },
    stop: async () => {
      open = false;
      await Promise.all(workers);
    },
  };
}

/** `wipe` removes every listing; the registry itself goes on. */
export function testKilling({
  url,
  wipe,
  skip,
}: {
  url(): string;
  wipe(): Promise<void>;
  skip: string | false;
}): void {
  test('killed, stopped and forgotten instances under load', { skip }, async (t) => {
    const world = await start(t, url());
    const { children } = world;
    const [first, second, third] = children;
    assert.ok(first && second && third);
    let load: ReturnType<typeof startLoad> | undefined;
    try {
      const all = () => world.part.health?.();
      await until(async () => (await all())?.status === 'up', {
        limitMs: 60_000,
        what: 'an instance is known',
      });
      load = startLoad();
      await load.reaches(first, second, third);
      Object.assign(load.failed, { ask: 0, act: 0 });

      first.kill('SIGKILL');
      await load.reaches(second, third);
      assert.equal(load.failed.ask, 0, 'what may be repeated never fails');
      assert.ok(
        load.failed.act <= load.inFlight,
        `${load.failed.act} failed, ${load.inFlight} were in flight`,
      );
      load.failed.act = 0;

      await wipe();
      await load.reaches(second, third);
      assert.deepEqual(load.failed, { ask: 0, act: 0 }, 'without the list');

      second.kill('SIGTERM');
      await once(second, 'exit');
      await load.reaches(third);
      assert.equal(load.failed.ask, 0, 'of one that is stopped');
    } finally {
      await load?.stop();
      await end(world);
    }
  });
}
