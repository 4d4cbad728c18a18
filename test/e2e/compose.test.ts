/** The shop in containers, as its compose.yaml says. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { succeed } from './commands.ts';
import { type Compose, composeOf } from './compose.ts';
import { ensureEngine } from './engine.ts';
import { declined, expectSold, getStock, paid, placeOrder, settled } from './orders.ts';
import { generateAndInstall } from './project.ts';

const services = ['user', 'order', 'inventory', 'payment'];

let compose: Compose;
beforeAll(async () => {
  await ensureEngine();
  const folder = await generateAndInstall('shop');
  await succeed('npm', ['run', 'setup'], { cwd: folder });
  const published = Object.fromEntries(services.map((service) => [service, [3000]]));
  compose = await composeOf(folder, { postgres: [5432], rabbitmq: [5672, 15672], ...published });
});
afterAll(() => compose?.remove());

test('docker compose up --build --wait, then one order is confirmed and one is taken back', async () => {
  await compose.run('up', '--build', '--wait');
  const shop = { url: (service: string) => `http://127.0.0.1:${compose.port(service, 3000)}` };
  const before = await getStock(shop);
  const confirmed = await settled(shop, await placeOrder(shop, paid));
  expect(confirmed.status).toBe('CONFIRMED');
  const rejected = await settled(shop, await placeOrder(shop, declined));
  expect(rejected).toMatchObject({ status: 'REJECTED', reason: 'declined' });
  await expectSold(shop, { before, sold: 1 });
});
