// Messages a second that one service handles, each in a transaction of its own with its inbox. Prints them by round
// as a line of JSON, with how many the inbox has in the end.
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '@app/chassis/database';
import { startService } from '@app/chassis/lifecycle';
import { handles, messaging } from '@app/chassis/messaging';
import { channels } from '@app/contracts/channels';
import { ReserveStock } from '@app/contracts/inventory';
import { openRaw } from './raw-publisher.ts';

const MESSAGES = 2_000;
const ROUNDS = 10;

const { DATABASE_URL = '', BROKER_URL = '' } = process.env;
let handled = 0;
const reserve = handles(ReserveStock, async () => {
  handled++;
});
// The one that reads what the raw publisher writes to.
const service = await startService({
  name: 'inventory',
  parts: [messaging({ channels, handlers: [reserve] })],
});
const db = openDatabase({ url: DATABASE_URL, max: 1 });
// Of an earlier run, with another broker.
await db.query('TRUNCATE inbox');
const raw = await openRaw(BROKER_URL);

/** From the first publish to the last handler: the publisher is several times as quick. */
async function rate(round: number): Promise<number> {
  const goal = handled + MESSAGES;
  const orders = Array.from({ length: MESSAGES }, (_, i) => `${round}-${i}`);
  const begun = performance.now();
  await raw.publish(orders.map((orderId) => ReserveStock({ orderId, item: 'widget', quantity: 1 })));
  while (handled < goal) await sleep(1);
  return (MESSAGES / (performance.now() - begun)) * 1_000;
}

const rates: number[] = [];
for (let round = 0; round <= ROUNDS; round++) {
  const measured = await rate(round);
  // The first round warms up.
  if (round > 0) rates.push(measured);
}
await raw.close();
await service.stop();
const { rows } = await db.query('SELECT count(*)::int AS inbox FROM inbox');
await db.close();
process.stdout.write(`${JSON.stringify({ rates, sent: (ROUNDS + 1) * MESSAGES, ...rows[0] })}\n`);
