import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchHandling } from '../../src/messaging/handling.ts';
import type { Verdict } from '../../src/messaging/transport.ts';
import { incoming } from './world.ts';

test('a message that is handled for two minutes is told, until it ends', async () => {
  let time = 0;
  const ends: ((verdict: Verdict) => void)[] = [];
  const hang = () => new Promise<Verdict>((resolve) => ends.push(resolve));
  const { receivers, stalled } = watchHandling(new Map([['scores', hang]]), () => time);
  const receive = receivers.get('scores');
  const first = receive?.(incoming({}));
  time = 60_000;
  const second = receive?.(incoming({}));
  time = 120_000;
  assert.equal(stalled(), undefined);
  time = 120_001;
  assert.equal(stalled(), 'handling of scores');
  ends[0]?.({ action: 'done' });
  assert.deepEqual(await first, { action: 'done' });
  assert.equal(stalled(), undefined, 'the second one is not as old');
  ends[1]?.({ action: 'done' });
  await second;
  time = 1_000_000;
  assert.equal(stalled(), undefined);
});
