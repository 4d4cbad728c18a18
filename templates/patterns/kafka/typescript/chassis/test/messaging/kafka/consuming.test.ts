import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { compress as snappy } from 'snappyjs';
import { kafkaTransport } from '../../../src/messaging/kafka/index.ts';
import type { IncomingMessage, Verdict } from '../../../src/messaging/transport.ts';
import { until } from '../../../src/testing/index.ts';
import {
  administer,
  channelsFor,
  killBroker,
  message,
  open,
  produce,
  silent,
  skip,
  skipOutages,
  startBroker,
  url,
} from './broker.ts';

const PARTITIONS = 6;
/** Longer than the session of a member that sends no heartbeat. */
const SILENT_MS = 12_000;

const done: Verdict = { action: 'done' };
const paused: Verdict = { action: 'pause', reason: 'database is down' };

/** A handler that notes what it gets and answers with `verdict`. */
function recorder(verdict: (message: IncomingMessage) => Verdict | Promise<Verdict> = () => done) {
  const seen: IncomingMessage[] = [];
  const handle = async (incoming: IncomingMessage) => {
    seen.push(incoming);
    return verdict(incoming);
  };
  return { seen, handle, ids: () => seen.map(({ headers }) => headers.id) };
}

/** A verdict that is given when the test says so. */
function heldBack() {
  let release = (_: Verdict) => {};
  const verdict = new Promise<Verdict>((resolve) => {
    release = resolve;
  });
  return { verdict, release };
}

// Far above what a broker waits for a member that it has lost.
const within = (what: string, limitMs = 120_000) => ({ what, limitMs });

/** Messages that the group has not committed yet. */
async function lagOf(topic: string, groupId: string): Promise<number> {
  return administer(async (admin) => {
    const ends = await admin.fetchTopicOffsets(topic);
    const [at] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const committed = new Map(at?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
    return ends.reduce(
      (sum, { partition, high }) => sum + Number(high) - Math.max(0, committed.get(partition) ?? 0),
      0,
    );
  });
}

suite('consuming from Kafka', { skip }, () => {
  test('a foreign record is passed as it is, with lower-case header names, and committed when it is done', async (t) => {
    const { commands, group } = await channelsFor(t);
    const transport = await open(t, [commands]);
    const { seen, handle } = recorder();
    transport.consume({ channel: commands.name, group, prefetch: 10, handle });
    await until(() => transport.status().connected, within('the group'));
    await produce(commands.name, [{ value: Buffer.from([0xff, 0x00]), headers: { Id: 'm-1', Flag: 'yes' } }]);
    await until(() => seen.length === 1, within('the message'));
    const { headers, body, attempt } = seen[0] as IncomingMessage;
    assert.deepEqual(headers, { id: 'm-1', flag: 'yes' });
    assert.deepEqual([body, attempt], [Buffer.from([0xff, 0x00]), undefined]);
    await until(async () => (await lagOf(commands.name, group)) === 0, within('the commit'));
  });

  test('a message that is held stops its partition and no other, and is handed out until it is done', async (t) => {
    const { commands, group } = await channelsFor(t);
    const transport = await open(t, [commands]);
    let holds = 3;
    const { ids, handle } = recorder(({ headers }) => (headers.id === 'held' && holds-- > 0 ? paused : done));
    transport.consume({ channel: commands.name, group, prefetch: 1, handle });
    const send = (id: string, partition: number) =>
      produce(commands.name, [{ value: '{}', headers: { id }, partition }]);
    await send('held', 0);
    await until(() => ids().includes('held'), within('the first message'));
    await send('behind', 0);
    await send('beside', 1);
    await until(() => ids().includes('behind'), within('the message behind'));
    assert.deepEqual(
      ids().filter((id) => id !== 'beside'),
      ['held', 'held', 'held', 'held', 'behind'],
    );
    assert.ok(ids().indexOf('beside') < ids().lastIndexOf('held'), ids().join());
  });

  test('a handler that throws is taken for a pause, and the consumer lives', async (t) => {
    const { commands, group } = await channelsFor(t);
    const transport = await open(t, [commands]);
    let failures = 1;
    const { ids, handle } = recorder(() => {
      if (failures-- > 0) throw new Error('bug');
      return done;
    });
    transport.consume({ channel: commands.name, group, prefetch: 1, handle });
    await transport.publish(['first', 'second'].map((id) => message(commands.name, { id })));
    await until(() => ids().includes('second'), within('the next message'));
    assert.deepEqual(ids(), ['first', 'first', 'second']);
  });

  test('at most `prefetch` messages of a channel are in hand', async (t) => {
    const { commands, group } = await channelsFor(t);
    const transport = await open(t, [commands]);
    let inHand = 0;
    let most = 0;
    const { seen, handle } = recorder(async () => {
      most = Math.max(most, ++inHand);
      await new Promise(setImmediate);
      inHand--;
      return done;
    });
    await transport.publish(Array.from({ length: 60 }, (_, i) => message(commands.name, { key: `k-${i}` })));
    transport.consume({ channel: commands.name, group, prefetch: 2, handle });
    await until(() => seen.length === 60, within('all messages'));
    assert.equal(most, 2);
  });

  test('a handler may take longer than the broker waits for a silent member: nobody gets its message again', async (t) => {
    const { commands, group } = await channelsFor(t);
    const transport = await open(t, [commands]);
    const { verdict: slow, release } = heldBack();
    const { seen, ids, handle } = recorder(({ headers }) => (headers.id?.startsWith('slow') ? slow : done));
    transport.consume({ channel: commands.name, group, prefetch: PARTITIONS, handle });
    // So much behind each that nothing at all is fetched meanwhile.
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const behind = Array.from({ length: 150 }, (_, at) => ({
        value: '{}',
        headers: { id: `${at}` },
        partition,
      }));
      await produce(commands.name, [
        { value: '{}', headers: { id: `slow-${partition}` }, partition },
        ...behind,
      ]);
    }
    await until(() => seen.length === PARTITIONS, within('a message of each partition'));
    await sleep(SILENT_MS);
    assert.equal(seen.length, PARTITIONS, ids().join());
    release(done);
    await until(() => seen.length === PARTITIONS * 151, within('all that was behind them'));
    await until(async () => (await lagOf(commands.name, group)) === 0, within('the commits'));
    assert.equal(seen.length, PARTITIONS * 151);
  });

  test('what others compress does not end the consumer', async (t) => {
    const { commands, group } = await channelsFor(t);
    const transport = await open(t, [commands]);
    const { ids, handle } = recorder();
    transport.consume({ channel: commands.name, group, prefetch: 1, handle });
    const { CompressionCodecs, CompressionTypes } = kafkajs;
    const ours = CompressionCodecs[CompressionTypes.Snappy]();
    CompressionCodecs[CompressionTypes.Snappy] = () => ({
      ...ours,
      compress: async ({ buffer }: { buffer: Buffer }) => Buffer.from(snappy(buffer)),
    });
    const types = [CompressionTypes.GZIP, CompressionTypes.Snappy, CompressionTypes.None];
    for (const type of types)
      await produce(commands.name, [{ key: 'k', value: '{}', headers: { id: `${type}` } }], type);
    await until(() => ids().length === 3, within('all messages'));
    assert.deepEqual(ids(), types.map(String));
  });

  test('of what was there before a member came it is told that it may have been tried; of what comes later not', async (t) => {
    const { commands, group } = await channelsFor(t);
    const transport = await open(t, [commands]);
    const { seen, ids, handle } = recorder();
    await transport.publish([message(commands.name, { id: 'old' })]);
    transport.consume({ channel: commands.name, group, prefetch: 1, handle });
    await until(() => ids().includes('old'), within('the old message'));
    await transport.publish([message(commands.name, { id: 'new' })]);
    await until(() => ids().includes('new'), within('the new message'));
    assert.deepEqual(
      seen.map(({ redelivered }) => redelivered),
      [true, false],
    );
  });

  test('stopping settles what is in hand, and the rest goes to another member', async (t) => {
    const { commands, group } = await channelsFor(t);
    const transport = await open(t, [commands]);
    const { verdict: slow, release } = heldBack();
    const first = recorder(() => slow);
    const consumer = transport.consume({ channel: commands.name, group, prefetch: 1, ...first });
    await transport.publish(['slow', 'next'].map((id) => message(commands.name, { id })));
    await until(() => first.seen.length === 1, within('the first is in hand'));
    let stopped = false;
    const stopping = consumer.stop().then(() => {
      stopped = true;
    });
    await new Promise(setImmediate);
    assert.equal(stopped, false);
    release(done);
    await stopping;
    const second = recorder();
    transport.consume({ channel: commands.name, group, prefetch: 1, ...second });
    await until(() => second.seen.length > 0, within('the other'));
    assert.deepEqual([first.ids(), second.ids()], [['slow'], ['next']]);
  });

  test('members come and go while messages flow: each is handled, and what was done stays done', async (t) => {
    const { commands, group } = await channelsFor(t);
    const publisher = await open(t, [commands]);
    const times = new Map<string, number>();
    const handle = async ({ headers }: IncomingMessage) => {
      await new Promise(setImmediate);
      times.set(headers.id ?? '', (times.get(headers.id ?? '') ?? 0) + 1);
      return done;
    };
    const join = async () => {
      const transport = await open(t, [commands]);
      return transport.consume({ channel: commands.name, group, prefetch: 4, handle });
    };
    let sent = 0;
    const send = async (count: number) => {
      const batch = Array.from({ length: count }, () =>
        message(commands.name, { id: `${++sent}`, key: `k-${sent}` }),
      );
      const outcomes = await publisher.publish(batch);
      assert.ok(outcomes.every(({ status }) => status === 'confirmed'));
    };
    const members = [await join()];
    await send(200);
    members.push(await join());
    await send(200);
    members.push(await join());
    await send(200);
    await members[0]?.stop();
    await send(200);
    await until(() => times.size === sent, within('all messages', 60_000));
    const again = [...times.values()].filter((count) => count > 1).length;
    assert.ok(again <= 60 * members.length, `${again} of ${sent} were handed out again`);
  });

  test('how far a group is behind is measured', async (t) => {
    const { commands, group } = await channelsFor(t);
    const lags: number[] = [];
    const metrics = {
      counter: () => ({ inc() {} }),
      histogram: () => ({ observe() {} }),
      gauge: () => ({ set: (_: Record<string, string>, value: number) => void lags.push(value) }),
    };
    const transport = kafkaTransport({ url, service: 'test', log: silent, metrics });
    t.after(() => transport.close());
    transport.start([commands]);
    await transport.ready();
    let verdict: Verdict = paused;
    transport.consume({ channel: commands.name, group, prefetch: 1, handle: async () => verdict });
    await transport.publish([1, 2, 3].map(() => message(commands.name)));
    await until(() => lags.at(-1) === 3, within('a lag of 3'));
    verdict = done;
    await until(() => lags.at(-1) === 0, within('no lag'));
  });
});

suite('consuming while Kafka is killed', { skip: skipOutages }, () => {
  test('every message is handled, and the consumer goes on by itself', async (t) => {
    const { commands, group } = await channelsFor(t);
    const warnings: string[] = [];
    const log = { ...silent, warn: (_: object, text: string) => void warnings.push(text) };
    const transport = await open(t, [commands], log);
    const { ids, handle } = recorder();
    transport.consume({ channel: commands.name, group, prefetch: 4, handle });
    const send = async (prefix: string) => {
      const batch = Array.from({ length: 50 }, (_, i) =>
        message(commands.name, { id: `${prefix}-${i}`, key: `k-${i}` }),
      );
      await until(
        async () => (await transport.publish(batch)).every(({ status }) => status === 'confirmed'),
        within('the batch is confirmed', 120_000),
      );
    };
    await send('before');
    await killBroker();
    await until(() => !transport.status().connected, within('the loss is noticed'));
    // Of several brokers another keeps the group now: only a new member asks which.
    const isOver = () => warnings.includes('Consuming was interrupted; it is begun anew');
    await until(isOver, within('the member has ended'));
    await startBroker();
    await send('after');
    await until(() => new Set(ids()).size === 100, within('all messages', 60_000));
    await until(() => transport.status().connected, within('good health'));
    await until(async () => (await lagOf(commands.name, group)) === 0, within('the commits'));
  });
});
