// What the outbox costs: the messages of this service through its outbox and relay, against the same messages
// published in confirmed batches by hand. Prints one JSON line of rates, messages per second, by round.
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '@app/chassis/database';
import { startService } from '@app/chassis/lifecycle';
import { enqueue, messaging } from '@app/chassis/messaging';
import { channels } from '@app/contracts/channels';
import { ReserveStock } from '@app/contracts/inventory';
import { batchesOf, openRaw } from './raw-publisher.ts';

const MESSAGES = 2_000;
const ROUNDS = 25;

const { DATABASE_URL = '', BROKER_URL = '' } = process.env;
const service = await startService({ name: 'order', parts: [messaging({ channels, handlers: [] })] });
const db = openDatabase({ url: DATABASE_URL, max: 2 });
const raw = await openRaw(BROKER_URL);

const orders = (round: number) => Array.from({ length: MESSAGES }, (_, i) => `${round}-${i}`);
const reserve = (orderId: string) => ReserveStock({ orderId, item: 'widget', quantity: 1 });

async function rateOf(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return (MESSAGES / (performance.now() - begun)) * 1_000;
}

async function untilPublished(): Promise<void> {
  for (;;) {
    const { rows } = await db.query('SELECT FROM outbox WHERE published_at IS NULL LIMIT 1');
    if (rows.length === 0) return;
    await sleep(5);
  }
}

/** A backlog that is committed at once: the relay alone. */
async function relayed(round: number): Promise<number> {
  await db.transaction((tx) => enqueue(tx, orders(round).map(reserve), {}));
  return rateOf(untilPublished);
}

/** From the first insert, in transactions of a batch each, to the last confirm. */
function whole(round: number): Promise<number> {
  return rateOf(async () => {
    for (const batch of batchesOf(orders(round).map(reserve)))
      await db.transaction((tx) => enqueue(tx, batch, {}));
    await untilPublished();
  });
}

const rates = { raw: [] as number[], relayed: [] as number[], whole: [] as number[] };
for (let round = 0; round <= ROUNDS; round++) {
  const results = {
    relayed: await relayed(round),
    raw: await rateOf(() => raw.publish(orders(round).map(reserve))),
    whole: await whole(round),
  };
  await db.query('TRUNCATE outbox');
  await raw.clear();
  // The first round warms up.
  if (round > 0) for (const kind of ['raw', 'relayed', 'whole'] as const) rates[kind].push(results[kind]);
}
await raw.close();
await db.close();
await service.stop();
process.stdout.write(`${JSON.stringify(rates)}\n`);
