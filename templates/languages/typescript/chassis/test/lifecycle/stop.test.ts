import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { PRODUCTION_DELAY_MS, type RunningPart, stopLimit } from '@app/chassis/lifecycle';
import { type Logger, silentLogger } from '@app/chassis/telemetry';
import { stopParts } from '../../src/lifecycle/stop.ts';

const compose = join(import.meta.dirname, '../../../../compose.yaml');

test('a part that does not come to an end keeps no other from it', async () => {
  const steps: string[] = [];
  const noted = (name: string): RunningPart => ({ drain: async () => void steps.push(name) });
  const running = new Map([
    ['first', noted('first')],
    ['hanging', { drain: () => new Promise<void>(() => {}) }],
    ['last', noted('last')],
  ]);
  await stopParts(running, 'drain', { log: silentLogger, limitMs: 20 });
  assert.deepEqual(steps, ['last', 'first']);
});

test('a part that does not come to an end takes no time from what others finish', async () => {
  const late: unknown[] = [];
  const log: Logger = {
    ...silentLogger,
    error: (fields) => void late.push((fields as { part: string }).part),
  };
  const slow: RunningPart = { drain: () => sleep(20) };
  const hanging: RunningPart = { drain: () => new Promise<void>(() => {}) };
  await stopParts(new Map(Object.entries({ slow, hanging })), 'drain', { log, limitMs: 500 });
  assert.deepEqual(late, ['hanging']);
});

test('a container is given longer than a service takes to stop', { skip: !existsSync(compose) }, () => {
  const [, grace] = /^x-service:[\s\S]*?stop_grace_period: (\d+)s/m.exec(readFileSync(compose, 'utf8')) ?? [];
  assert.ok(Number(grace) * 1000 > stopLimit(PRODUCTION_DELAY_MS), `${grace} s`);
});
