import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asyncApiDocument } from '@app/chassis/messaging';
import { AddPoints, channels, PointsAdded, ScoreChanged } from './world.ts';

const document = asyncApiDocument({
  title: 'game',
  version: '1.0.0',
  channels,
  messages: [AddPoints, PointsAdded, ScoreChanged],
});

/** All `$ref` of a document. */
function references(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) => (name === '$ref' ? [value] : references(value)));
}

function resolve(reference: string): unknown {
  const path = reference.slice(2).split('/');
  return path.reduce(
    (node: unknown, name) => (node as Record<string, unknown> | undefined)?.[name],
    document,
  );
}

test('each message is on its channel; replies, also of a failure, are on the channels for replies', () => {
  const carried = Object.entries(document.channels).map(([name, { messages }]) => [
    name,
    Object.keys(messages),
  ]);
  assert.deepEqual(carried, [
    ['scores', ['AddPoints']],
    ['game-replies', ['PointsAdded', 'CommandFailed']],
    ['score-events', ['ScoreChanged']],
  ]);
});

test('where nobody replies no failure is described', () => {
  const silent = channels.filter(({ kind }) => kind !== 'replies');
  const { components } = asyncApiDocument({
    title: 'game',
    version: '1.0.0',
    channels: silent,
    messages: [AddPoints],
  });
  assert.deepEqual(Object.keys(components.messages), ['AddPoints']);
});

test('every group receives what its channels carry, and every reference leads somewhere', () => {
  assert.deepEqual(Object.keys(document.operations), [
    'score-processor-scores',
    'game-processor-game-replies',
    'game-processor-score-events',
  ]);
  for (const reference of references(document)) assert.ok(resolve(reference), reference);
});

test('a payload is the JSON Schema of the contract, with its example', () => {
  const { payload, examples } = document.components.messages.AddPoints ?? {};
  assert.deepEqual((payload as { required: string[] }).required, ['player', 'points']);
  assert.deepEqual(examples, [{ payload: { player: 'ann', points: 3 } }]);
});
