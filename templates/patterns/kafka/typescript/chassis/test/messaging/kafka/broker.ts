// A real broker for the tests: TEST_KAFKA_URL. What tests of its outages need besides: TEST_KAFKA_KILL and
// TEST_KAFKA_START, commands that end it at once and start it again, such as `docker compose kill kafka` and
// `docker compose up --wait kafka`.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import type { Admin, IHeaders, KafkaMessage } from 'kafkajs';
import { parseAddress } from '../../../src/messaging/kafka/address.ts';
import { openClient } from '../../../src/messaging/kafka/client.ts';
import { kafkaTransport } from '../../../src/messaging/kafka/index.ts';
import { readTopic } from '../../../src/messaging/kafka/log.ts';
import { createTopics, topicsOf } from '../../../src/messaging/kafka/topics.ts';
import type { Channel, OutgoingMessage, Transport } from '../../../src/messaging/transport.ts';
import { until } from '../../../src/testing/index.ts';

export const url = process.env.TEST_KAFKA_URL ?? '';
export const skip = url === '' && 'TEST_KAFKA_URL';

const { TEST_KAFKA_KILL: killCommand, TEST_KAFKA_START: startCommand } = process.env;
export const skipOutages = skip || (!(killCommand && startCommand) && 'TEST_KAFKA_KILL, TEST_KAFKA_START');

const shell = (command = '') => promisify(execFile)('sh', ['-c', command]);
export const killBroker = () => shell(killCommand);
export const startBroker = () => shell(startCommand);

export const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** Does something as a client that shares no code with the transport but its address. */
export async function raw<T>(
  work: (kafka: ReturnType<typeof openClient>['kafka']) => Promise<T>,
): Promise<T> {
  const client = openClient({ address: parseAddress(url), name: 'test', retries: 20, requestMs: 10_000 });
  return work(client.kafka).finally(client.cut);
}

/** Again after an error: a broker that has just started, or made a topic, does not know all of it at once. */
export async function administer<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
  return raw(async (kafka) => {
    const admin = kafka.admin();
    await admin.connect();
    const done = until(async () => ({ result: await work(admin) }), {
      limitMs: 10_000,
      what: 'the broker does what an administrator asks',
    });
    return done.then(({ result }) => result).finally(() => admin.disconnect());
  });
}

/** Names that no other test has; their topics are not created. */
export function namesFor(t: TestContext, groups: readonly string[] = ['a']) {
  const suffix = randomBytes(4).toString('hex');
  const own = groups.map((group) => `${group}-${suffix}`);
  const commands: Channel = { name: `tasks-${suffix}`, kind: 'commands', groups: own.slice(0, 1) };
  const events: Channel = { name: `task-events-${suffix}`, kind: 'events', groups: own };
  t.after(() =>
    administer(async (admin) => {
      const there = await admin.listTopics();
      const topics = topicsOf([commands, events]).map(({ topic }) => topic);
      await admin.deleteTopics({ topics: topics.filter((topic) => there.includes(topic)) });
    }),
  );
  return { commands, events, group: own[0] ?? '', other: own[1] ?? '' };
}

/** The same, with their topics. */
export async function channelsFor(t: TestContext, groups?: readonly string[]) {
  const names = namesFor(t, groups);
  await administer((admin) => createTopics(admin, [names.commands, names.events]));
  return names;
}

/** A transport that has seen the topics of `channels`, closed at the end of the test. */
export async function open(
  t: TestContext,
  channels: readonly Channel[],
  log: Parameters<typeof kafkaTransport>[0]['log'] = silent,
): Promise<Transport> {
  const transport = kafkaTransport({ url, service: 'test', log });
  t.after(() => transport.close());
  transport.start(channels);
  await transport.ready();
  return transport;
}

/** Sends records as a foreign program does. */
export async function produce(
  topic: string,
  records: readonly { key?: string; value: string | Buffer | null; headers?: IHeaders; partition?: number }[],
  compression?: number,
): Promise<void> {
  await raw(async (kafka) => {
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({
      topic,
      messages: [...records],
      ...(compression === undefined ? {} : { compression }),
    });
    await producer.disconnect();
  });
}

/** All records of a topic. */
export const recordsOf = (topic: string): Promise<KafkaMessage[]> => raw((kafka) => readTopic(kafka, topic));

let sequence = 0;

export function message(
  channel: string,
  { id = `m-${++sequence}`, key = 'task-1', body = '{}', version = 1 } = {},
): OutgoingMessage {
  const envelope = {
    id,
    source: 'test',
    type: 'DoTask',
    schemaVersion: 1,
    time: '2030-01-01T00:00:00.000Z',
    aggregateId: key,
    aggregateVersion: version,
  };
  return { envelope, channel, key, body };
}
