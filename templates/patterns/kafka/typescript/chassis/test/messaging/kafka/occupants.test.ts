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
    const found = await occupantsOf(url);
    assert.ok(found.includes(`topic "${events.name}" holds messages`), found.join());
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
    await until(async () => (await occupantsOf(url)).includes(`group "${group}" has 1 members`), {
      limitMs: 30_000,
      what: 'the member is told',
    });
  });
});
