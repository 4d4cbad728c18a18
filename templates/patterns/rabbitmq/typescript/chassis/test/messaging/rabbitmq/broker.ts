// A real broker for the tests: TEST_AMQP_URL, with a user who may declare anything and, for the tests of
// policies, with `?management=` and an administrator.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { connect } from 'amqplib';
import { rabbitmqTransport } from '../../../src/messaging/rabbitmq/index.ts';
import type { Channel, OutgoingMessage, Transport } from '../../../src/messaging/transport.ts';

export const urlWithManagement = process.env.TEST_AMQP_URL ?? '';
export const url = urlWithManagement.replace(/\?.*/, '');
export const skip = url === '' && 'TEST_AMQP_URL';

export const management = new URL(urlWithManagement || 'amqp://-').searchParams.get('management');
export const skipManaged = skip || (management === null && 'TEST_AMQP_URL has no ?management=');

/** Asks the management API as the administrator; `undefined` deletes what is at `path`. */
export async function manage(path: string, body: object | undefined): Promise<void> {
  const { username, password } = new URL(urlWithManagement);
  const response = await fetch(`${management}/api/${path}`, {
    method: body === undefined ? 'DELETE' : 'PUT',
    body: body === undefined ? null : JSON.stringify(body),
    headers: { authorization: `Basic ${btoa(`${username}:${password}`)}` },
  });
  assert.ok(response.ok, `${response.status}`);
}

export const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** Names that no other test has. */
export function channelsFor(t: TestContext, groups: readonly string[] = ['a']) {
  const suffix = randomBytes(4).toString('hex');
  const commands: Channel = { name: `tasks-${suffix}`, kind: 'commands', groups: groups.slice(0, 1) };
  const events: Channel = { name: `task-events-${suffix}`, kind: 'events', groups };
  t.after(() =>
    raw(async (amqp) => {
      for (const { name } of [commands, events]) {
        await amqp.deleteQueue(name);
        await amqp.deleteExchange(name);
        for (const group of groups)
          for (const queue of [`${name}.${group}`, `${name}.${group}.dlq`]) await amqp.deleteQueue(queue);
      }
    }),
  );
  return { commands, events };
}

/** A transport that has declared `channels`, closed at the end of the test. */
export async function open(t: TestContext, channels: readonly Channel[], address = url): Promise<Transport> {
  const transport = rabbitmqTransport({ url: address, service: 'test', log: silent });
  t.after(() => transport.close());
  transport.start(channels);
  await transport.ready();
  return transport;
}

/** Does something as a client that shares no code with the transport. */
export async function raw<T>(work: (amqp: Awaited<ReturnType<typeof rawChannel>>) => Promise<T>): Promise<T> {
  const connection = await connect(url);
  try {
    return await work(await rawChannel(connection));
  } finally {
    await connection.close();
  }
}

const rawChannel = async (connection: Awaited<ReturnType<typeof connect>>) => {
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => {});
  return channel;
};

let sequence = 0;

export function message(channel: string, { id = `m-${++sequence}`, body = '{}' } = {}): OutgoingMessage {
  const envelope = {
    id,
    source: 'test',
    type: 'DoTask',
    schemaVersion: 1,
    time: '2030-01-01T00:00:00.000Z',
    aggregateId: 'task-1',
  };
  return { envelope, channel, key: 'task-1', body };
}

/** A way to the broker that can be cut, frozen and opened again. */
export async function brokerProxy(t: TestContext) {
  const broker = new URL(url);
  const sockets = new Set<Socket>();
  let open = true;
  const server = createServer((near) => {
    if (!open) return near.destroy();
    const far = dial(Number(broker.port) || 5672, broker.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)));
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  t.after(() => {
    cut();
    server.close();
  });
  const address = new URL(url);
  address.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: address.href,
    /** Breaks all connections; new ones are accepted. */
    cut,
    /** Breaks all connections and refuses new ones until `up`. */
    down: () => {
      open = false;
      cut();
    },
    up: () => {
      open = true;
    },
    /** Lets bytes in and nothing out: the broker is there and silent. */
    freeze: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
  };
}
