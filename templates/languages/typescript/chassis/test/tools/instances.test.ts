import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { chooseInstances, parseScale } from '../../tools/instances.ts';
import { ToolError, WrongUsage } from '../../tools/interrupt.ts';
import { freePort } from '../../tools/ports.ts';
import { system } from '../../tools/system.ts';

const [first] = system.services;

test('a service that is scaled gets instances with names and ports of their own', async () => {
  const name = first?.name ?? '';
  const instances = await chooseInstances(parseScale([`${name}=3`]), () => {});
  const labels = instances.filter(({ service }) => service.name === name).map(({ label }) => label);
  assert.deepEqual(labels, [name, `${name}.2`, `${name}.3`]);
  assert.equal(instances.length, system.services.length + 2);
  const ports = instances.flatMap(({ ports }) => Object.values(ports));
  assert.equal(new Set(ports).size, ports.length);
});

test('a port in use is left alone, and the user is told', async (t) => {
  const other = createServer().listen(first?.port);
  await new Promise((resolve) => other.once('listening', resolve).once('error', resolve));
  t.after(() => other.close());
  const steps: string[] = [];
  const instances = await chooseInstances(new Map(), (step) => void steps.push(step));
  const chosen = instances.find(({ label }) => label === first?.name)?.ports.PORT;
  assert.notEqual(chosen, first?.port);
  assert.ok(steps.includes(`Port ${first?.port} is in use: ${first?.name} takes ${chosen}.`));
});

for (const [text, message] of [
  ['nobody=3', /no such service/],
  [`${first?.name}=0`, /from 1 to 20/],
  [`${first?.name}`, /from 1 to 20/],
] as const) {
  test(`--scale ${text} is refused`, () => {
    assert.throws(
      () => parseScale([text]),
      (error: Error) => {
        assert.ok(error instanceof WrongUsage);
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test('no free port is told in a sentence', async () => {
  const taken = new Set(Array.from({ length: 100 }, (_, number) => 40_000 + number));
  await assert.rejects(freePort(40_000, taken), (error: Error) => {
    assert.ok(error instanceof ToolError);
    assert.equal(error.message, 'No free port from 40000 to 40099.');
    return true;
  });
});
