import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { occupantsOf } from '../../../src/messaging/kafka/occupants.ts';
import { until } from '../../../src/testing/index.ts';
import { channelsFor, message, open, skip, url } from './broker.ts';

suite('who uses a broker of Kafka', { skip }, () => {
  test('a topic without records is nobody, one with records is told', async (t) => {
    const { commands, events } = await channelsFor(t);
    const transport = await open(t, [commands, events]);
    await transport.publish([message(events.name)]);
    const found = await told(`topic "${events.name}" holds messages`);
    assert.ok(!found.some((text) => text.includes(`"${commands.name}"`)), found.join());
  });

  test('who reads an empty topic is told', async (t) => {
    const { commands, group } = await channelsFor(t);
    const transport = await open(t, [commands]);
    transport.consume({
      channel: commands.name,
      group,
      prefetch: 1,
      handle: async () => ({ action: 'done' }),
    });
    await told(`group "${group}" has 1 members`);
  });
});

/** Waits until the clause is among those of the broker, which other tests fill and kill meanwhile. */
async function told(clause: string): Promise<string[]> {
  let found: string[] = [];
  await until(
    async () => {
      found = await occupantsOf(url).catch(() => []);
      return found.includes(clause);
    },
    { limitMs: 120_000, what: `it is told that ${clause}` },
  );
  return found;
}
