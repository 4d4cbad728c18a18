import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { type Client, connectivityState, Server, ServerCredentials, type sendUnaryData } from '@grpc/grpc-js';
import { createChannels } from '../../src/grpc/channels.ts';
import { protoOf } from '../../src/grpc/proto.ts';
import { deadAddress, until } from '../rpc/fixture.ts';
import { protos } from './notes.ts';

const { definition } = protoOf('note', protos);
const found = { id: '1', text: 'x', state: 'DRAFT' };
const UNUSED_MS = 50;

type Answer = (call: unknown, done: sendUnaryData<object>) => void;

async function listen(t: TestContext, answer: Answer, at = 0): Promise<URL> {
  return (await serve(t, answer, at)).url;
}

async function serve(t: TestContext, answer: Answer, at = 0): Promise<{ url: URL; server: Server }> {
  const server = new Server();
  server.addService(definition, { GetNote: answer } as never);
  const bind = promisify(server.bindAsync.bind(server));
  const port = await bind(`127.0.0.1:${at}`, ServerCredentials.createInsecure());
  t.after(() => server.forceShutdown());
  return { url: new URL(`grpc://127.0.0.1:${port}`), server };
}

function getNote(channel: Client): Promise<unknown> {
  const { path, requestSerialize, responseDeserialize } = definition.GetNote ?? assert.fail();
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, note?: unknown) => (error ? reject(error) : resolve(note));
    channel.makeUnaryRequest(path, requestSerialize, responseDeserialize, { id: '1' }, done);
  });
}

const isClosed = (channel: Client) =>
  channel.getChannel().getConnectivityState(false) === connectivityState.SHUTDOWN;

test('a channel that is not used any more is closed, one with a call in hand is not', async (t) => {
  let answer: (() => void) | undefined;
  const slow = await listen(t, (_call, done) => {
    answer = () => done(null, found);
  });
  const quick = await listen(t, (_call, done) => done(null, found));
  const channels = createChannels(UNUSED_MS);
  t.after(channels.close);

  let slowChannel: Client | undefined;
  const waiting = channels.use(slow, (channel) => {
    slowChannel = channel;
    return getNote(channel);
  });
  await until(() => answer !== undefined, 'the call is in hand');
  const quickChannel = await channels.use(quick, async (channel) => {
    await getNote(channel);
    return channel;
  });
  await until(() => isClosed(quickChannel), 'the channel without calls is closed');
  assert.ok(slowChannel && !isClosed(slowChannel));
  answer?.();
  assert.deepEqual(await waiting, found);
  await until(
    () => slowChannel !== undefined && isClosed(slowChannel),
    'so is the other one, after its call',
  );

  assert.deepEqual(await channels.use(quick, getNote), found, 'an address that is used again is reached');
});

test('whoever is there again is reached by the next call', async (t) => {
  const channels = createChannels(60_000);
  t.after(channels.close);
  const address = new URL((await deadAddress()).replace('http:', 'grpc:'));
  // So often that a channel of its own would wait for seconds before it connects again.
  for (let attempt = 0; attempt < 10; attempt++) await assert.rejects(channels.use(address, getNote));
  await listen(t, (_call, done) => done(null, found), Number(address.port));
  assert.deepEqual(await channels.use(address, getNote), found);
});

test('so is one that has been away between two calls', async (t) => {
  const channels = createChannels(60_000);
  t.after(channels.close);
  const { url, server } = await serve(t, (_call, done) => done(null, found));
  const channel = await channels.use(url, async (channel) => {
    await getNote(channel);
    return channel.getChannel();
  });
  server.forceShutdown();
  const isUnreached = () => channel.getConnectivityState(false) === connectivityState.TRANSIENT_FAILURE;
  await until(isUnreached, 'the channel knows that nobody is there');
  await listen(t, (_call, done) => done(null, found), Number(url.port));
  assert.deepEqual(await channels.use(url, getNote), found);
});
