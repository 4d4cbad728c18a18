// What the broker of this system is told at its start, checked without a broker.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

interface Definitions {
  readonly users: readonly { name: string; password: string; tags: readonly string[] }[];
  readonly permissions: readonly { user: string; configure: string; write: string; read: string }[];
  readonly queues: readonly { name: string; durable: boolean; arguments: object }[];
  readonly policies: readonly { name: string; pattern: string; definition: Record<string, unknown> }[];
}

const file = new URL('../../../../../infra/rabbitmq/definitions.json', import.meta.url);

test('the definitions of the broker', { skip: !existsSync(file) && 'no infra/rabbitmq' }, async (t) => {
  const { users, permissions, queues, policies }: Definitions = JSON.parse(readFileSync(file, 'utf8'));
  const effective = (queue: string) => policies.filter(({ pattern }) => new RegExp(pattern).test(queue));

  await t.test('every queue is a durable quorum queue with one policy', () => {
    for (const { name, durable, arguments: declared } of queues) {
      assert.deepEqual([durable, declared], [true, { 'x-queue-type': 'quorum' }], name);
      assert.equal(effective(name).length, 1, name);
    }
  });

  await t.test('what reaches the delivery limit goes to dead letters, which stay 14 days', () => {
    for (const { name } of queues) {
      const [policy] = effective(name);
      if (name.endsWith('.dlq')) {
        // As long as the inbox takes for granted: see retention.ts.
        const twoWeeksMs = 14 * 24 * 3_600_000;
        assert.deepEqual(policy?.definition, { 'delivery-limit': -1, 'message-ttl': twoWeeksMs });
        continue;
      }
      const { 'dead-letter-routing-key': target, ...rest } = policy?.definition ?? {};
      assert.deepEqual(rest, {
        'delivery-limit': 50,
        'dead-letter-exchange': '',
        'dead-letter-strategy': 'at-least-once',
        overflow: 'reject-publish',
      });
      assert.match(`${target}`, new RegExp(`^${name}(\\.[a-z0-9-]+)?\\.dlq$`));
      assert.ok(
        queues.some((queue) => queue.name === target),
        `${target}`,
      );
    }
  });

  await t.test('passwords come from the environment, and nobody is called guest', () => {
    for (const { name, password } of users)
      assert.match(password, /^\$\{[A-Z0-9_]+_BROKER_PASSWORD\}$/, name);
    assert.ok(users.every(({ name }) => name !== 'guest'));
  });

  await t.test('a queue is read by one service', () => {
    const services = users.filter(({ tags }) => !tags.includes('administrator')).map(({ name }) => name);
    for (const { name } of queues) {
      const readers = permissions.filter(
        ({ user, read }) => services.includes(user) && new RegExp(read).test(name),
      );
      assert.equal(readers.length, 1, name);
    }
  });
});
