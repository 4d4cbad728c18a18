// What every registry must do, as a test that each adapter's file runs.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { until } from '@app/chassis/testing';
import type { Instance, Registry } from '../../src/discovery/index.ts';
import { TTL_SECONDS } from '../../src/discovery/index.ts';

export interface Adapter {
  open(): Registry | Promise<Registry>;
  /** Removes all listings behind the registry's back. */
  wipe(): Promise<void>;
  readonly skip: string | false;
}

const limits = { limitMs: 5_000 };

/** An instance of a service that no other test has. */
export function newInstance(service = `alpha-${randomBytes(4).toString('hex')}`): Instance {
  return {
    service,
    id: randomBytes(4).toString('hex'),
    urls: ['http://10.0.0.1:3000', 'grpc://10.0.0.1:50051'],
  };
}

/** The newest list of a service, until `stop`. */
export function watch(registry: Registry, service: string) {
  const stopping = new AbortController();
  const seen = { ids: undefined as string[] | undefined, lists: 0 };
  const onList = (instances: readonly Instance[]) => {
    seen.ids = instances.map(({ id }) => id).sort();
    seen.lists += 1;
  };
  const done = registry.follow(service, { onList, signal: stopping.signal }).catch((error) => {
    if (!stopping.signal.aborted) throw error;
  });
  const sees = (...instances: Instance[]) => {
    const ids = instances.map(({ id }) => id).sort();
    return until(() => seen.ids?.join() === ids.join(), { ...limits, what: `${ids} are listed` });
  };
  return {
    seen,
    sees,
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}

export function testContract({ open, wipe, skip }: Adapter): void {
  test('who follows a service sees its instances come and go, and no other service’s', { skip }, async () => {
    const registry = await open();
    const one = newInstance();
    const two = newInstance(one.service);
    const { sees, stop } = watch(registry, one.service);
    await sees();
    await registry.announce(newInstance());
    await registry.announce(newInstance(`${one.service}-other`));
    await registry.announce(one);
    await sees(one);
    const other = await open();
    await other.announce(two);
    await sees(one, two);
    await registry.withdraw(one);
    await sees(two);
    await stop();
    await Promise.all([registry.close(), other.close()]);
  });

  test('an instance comes with all its addresses', { skip }, async () => {
    const registry = await open();
    const instance = newInstance();
    await registry.announce(instance);
    const lists: (readonly Instance[])[] = [];
    const stopping = new AbortController();
    const onList = (list: readonly Instance[]) => {
      lists.push(list);
      stopping.abort();
    };
    await registry.follow(instance.service, { onList, signal: stopping.signal }).catch(() => {}); // Aborted.
    assert.deepEqual(lists, [[instance]]);
    await registry.close();
  });

  test('renewing is no change; a listing that was lost is made anew', { skip }, async () => {
    const registry = await open();
    const instance = newInstance();
    await registry.announce(instance);
    const { seen, sees, stop } = watch(registry, instance.service);
    await sees(instance);
    const marker = newInstance(instance.service);
    await registry.announce(instance);
    await (await open()).announce(marker);
    await sees(instance, marker);
    assert.equal(seen.lists, 2, 'only the other instance was a change');
    await wipe();
    await sees();
    await registry.announce(instance);
    await sees(instance);
    await stop();
    await registry.close();
  });

  test('an instance that is not renewed is listed no longer', { skip }, async () => {
    const registry = await open();
    const instance = newInstance();
    await registry.announce(instance);
    const { sees, seen, stop } = watch(registry, instance.service);
    await sees(instance);
    await until(() => seen.ids?.length === 0, { limitMs: TTL_SECONDS * 2_000, what: 'the listing runs out' });
    await registry.announce(instance);
    await sees(instance);
    await stop();
    await registry.close();
  });
}
