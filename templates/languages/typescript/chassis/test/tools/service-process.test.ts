import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAlive } from '../../tools/process-group.ts';
import { type Crash, startService } from '../../tools/service-process.ts';
import { system } from '../../tools/system.ts';

const guard = { note: () => {} };

/** One that has no program, and so ends by itself as soon as Node.js has looked for it. */
function startNobody(onCrash: (crash: Crash) => void) {
  const [first] = system.services;
  assert.ok(first);
  const service = { ...first, name: 'nobody' };
  return startService({ service, env: { PATH: process.env.PATH ?? '' }, guard, onLine: () => {}, onCrash });
}

test('a kill ends the process at once, and tells that it has', async (t) => {
  const service = startNobody(() => {});
  t.after(service.stop);
  const { pid = 0 } = service;
  assert.equal(isAlive(pid), true);
  assert.equal(await service.kill(), true);
  assert.equal(isAlive(pid), false);
});

test('a kill of what has ended by itself tells that there was nothing to kill', async (t) => {
  let crashed: (crash: Crash) => void = () => {};
  const crash = new Promise<Crash>((resolve) => {
    crashed = resolve;
  });
  const service = startNobody((how) => crashed(how));
  t.after(service.stop);
  assert.equal((await crash).how, 'exited with code 1');
  assert.equal(await service.kill(), false);
});
