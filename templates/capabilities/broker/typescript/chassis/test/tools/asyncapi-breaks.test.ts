import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asyncApiDocument } from '@app/chassis/messaging';
import { z } from 'zod';
import { command, event } from '../../src/contract/index.ts';
import type { Channel } from '../../src/messaging/transport.ts';
import { asyncApiComparison } from '../../tools/contracts/breaking/asyncapi-breaks.ts';

const points: Channel = { name: 'points', kind: 'commands', groups: ['points'] };
const pointEvents: Channel = { name: 'point-events', kind: 'events', groups: ['mail'] };

const add = (options: { shape?: z.ZodRawShape; version?: number; channel?: string } = {}) => {
  const {
    shape = { id: z.string(), note: z.string().optional() },
    version = 1,
    channel = 'points',
  } = options;
  return command('AddPoints', { schema: z.object(shape), version, channel, key: () => '1', example: {} });
};
const added = event('PointsAdded', {
  channel: 'point-events',
  schema: z.object({ id: z.string() }),
  key: ({ id }) => id,
  example: { id: '1' },
});

function breaks(now: Partial<Pick<Parameters<typeof asyncApiDocument>[0], 'channels' | 'messages'>>) {
  const before = {
    title: 'test',
    version: '1.0.0',
    channels: [points, pointEvents],
    messages: [add(), added],
  };
  return asyncApiComparison.breaks(asyncApiDocument(before), asyncApiDocument({ ...before, ...now }));
}

test('the same messages, and more of them, break nothing', () => {
  assert.deepEqual(breaks({}), []);
  const more = event('PointsLost', {
    channel: 'point-events',
    schema: z.object({}),
    key: () => '1',
    example: {},
  });
  assert.deepEqual(breaks({ messages: [add(), added, more] }), []);
  const wider = { id: z.string(), note: z.string().optional(), by: z.string().optional() };
  assert.deepEqual(breaks({ messages: [add({ shape: wider }), added] }), []);
});

test('messages of the last release wait in queues, and its readers get new ones: both are compared', () => {
  const required = { id: z.string(), note: z.string() };
  assert.deepEqual(breaks({ messages: [add({ shape: required }), added] }), [
    'message "AddPoints": field "note" is now required',
  ]);
  const optional = { id: z.string().optional(), note: z.string().optional() };
  assert.deepEqual(breaks({ messages: [add({ shape: optional }), added] }), [
    'message "AddPoints": field "id" may now be left out',
  ]);
});

test('another version takes the place of the one that is still sent', () => {
  assert.deepEqual(breaks({ messages: [add({ version: 2 }), added] }), [
    'message "AddPoints": was command, version 1, is now command, version 2',
  ]);
});

test('a message, a channel and a consumer group that are gone are named', () => {
  assert.deepEqual(breaks({ messages: [add()] }), ['message "PointsAdded" is gone']);
  assert.deepEqual(breaks({ channels: [points] }), [
    'channel "point-events" is gone',
    'operation "mail-point-events" is gone',
  ]);
  assert.deepEqual(breaks({ messages: [add({ channel: 'point-events' }), added] }), [
    'channel "points" no longer carries message "AddPoints"',
  ]);
});

test('the headers of all messages are compared once', () => {
  const options = { title: 'test', version: '1.0.0', channels: [points], messages: [add(), added] };
  const before = asyncApiDocument(options);
  const { components } = before;
  const required = [...components.schemas.Headers.required, 'time'];
  const schemas = { Headers: { ...components.schemas.Headers, required } };
  assert.deepEqual(asyncApiComparison.breaks(before, { ...before, components: { ...components, schemas } }), [
    'schema "Headers": field "time" is now required',
  ]);
});
