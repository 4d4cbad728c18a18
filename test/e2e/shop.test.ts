/** The default system with nothing but Node. */

import { access, appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run, succeed } from './commands.ts';
import { execute } from './database.ts';
import { declined, expectSold, getOrder, getStock, paid, paymentOf, placeOrder, settled } from './orders.ts';
import { descendantsOf, isAlive, type Process } from './processes.ts';
import { generateAndInstall } from './project.ts';
import { expectProven } from './proven.ts';
import { type System, startSystem } from './system.ts';
import { until } from './until.ts';

let folder: string;
beforeAll(async () => {
  folder = await generateAndInstall('shop');
  await expectProven(folder, 'e2e/shop.test.ts');
});

test('npm run check passes', async () => {
  await succeed('npm', ['run', 'check'], { cwd: folder });
});

test('npm test passes, also where clocks are 45 minutes off the hour', async () => {
  const env = { TZ: 'Pacific/Chatham' };
  await succeed('npm', ['test'], { cwd: folder, env, limitMs: 1_100_000 });
});

test('npm run demo confirms one order, takes another back, and leaves nothing', async () => {
  const output = await succeed('npm', ['run', 'demo'], { cwd: folder });
  expect(output).toMatch(/ConfirmStock succeeded.*CONFIRMED.*ReleaseStock undone.*REJECTED \(declined\)/s);
  expect(await readdir(join(folder, '.data'))).not.toContainEqual(expect.stringContaining('throw-away'));
});

test('a service that lacks its database, or cannot speak with its broker, ends with 1 and names the variable', async () => {
  const start = ['--import', 'tsx', '--conditions=source', 'services/order/src/main.ts'];
  const env = { BROKER_URL: 'nats://localhost' };
  const { code, output } = await run(process.execPath, start, { cwd: folder, env });
  expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('DATABASE_URL is missing') });
  expect(output).toContain('BROKER_URL is wrong: expected postgres:// or amqp://');
});

describe('while npm run dev runs', () => {
  let shop: System;
  let isStopped = false;
  beforeAll(async () => {
    shop = await startSystem(folder);
  });
  afterAll(async () => {
    if (!isStopped) await shop?.stop();
  });

  test('one order is confirmed, and one whose card is declined gives its stock back', async () => {
    const before = await getStock(shop);
    const confirmed = await settled(shop, await placeOrder(shop, paid));
    expect(confirmed.status).toBe('CONFIRMED');
    expect(await paymentOf(shop, confirmed.id)).toBe('AUTHORIZED');
    const rejected = await settled(shop, await placeOrder(shop, declined));
    expect(rejected).toMatchObject({ status: 'REJECTED', reason: 'declined' });
    expect(rejected.history).toContainEqual(
      expect.objectContaining({ step: 'ReleaseStock', result: 'undone' }),
    );
    expect(await paymentOf(shop, rejected.id)).toBe('DECLINED');
    await expectSold(shop, { before, sold: 1 });
  });

  const json = { 'content-type': 'application/json' };
  const post = (body: string): RequestInit => ({ method: 'POST', headers: json, body });
  const tooLarge = post(JSON.stringify({ ...paid, item: 'x'.repeat(200_000) }));

  test.each<[what: string, service: string, path: string, status: number, request?: RequestInit]>([
    ['an id with a blank', 'user', '/api/users/a%20b', 400],
    ['an id that is too long', 'user', `/api/users/${'1'.repeat(65)}`, 400],
    ['an id with a control character', 'order', '/api/orders/%00', 400],
    ['an id that is not UTF-8', 'order', '/api/orders/%ff', 400],
    ['an id that is nobody', 'user', '/api/users/nobody', 404],
    ['a body that is too large', 'order', '/api/orders', 413, tooLarge],
    ['a body that is not JSON', 'order', '/api/orders', 400, post('{"userId": ')],
    ['a body without an item', 'order', '/api/orders', 400, post('{"userId": "1"}')],
    [
      'a user who does not exist',
      'order',
      '/api/orders',
      422,
      post('{"userId": "nobody", "item": "widget"}'),
    ],
  ])('%s is answered by a problem', async (_what, service, path, status, request) => {
    const response = await fetch(`${shop.url(service)}${path}`, request);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch('application/problem+json');
    expect(await response.json()).toMatchObject({ status, error: expect.stringMatching(/^\S.*\S$/) });
  });

  test('curl places an order and reads how it goes on', async () => {
    const orders = `${shop.url('order')}/api/orders`;
    const body = JSON.stringify({ userId: '1', item: 'widget' });
    const request = ['--request', 'POST', '--header', 'content-type: application/json', '--data', body];
    const curl = async (...args: readonly string[]) =>
      JSON.parse(await succeed('curl', ['--silent', '--show-error', '--fail', ...args], { cwd: folder }));
    const { id } = await curl(...request, orders);
    expect(await curl(`${orders}/${id}`)).toMatchObject({ id, item: 'widget' });
    expect((await settled(shop, id)).status).toBe('CONFIRMED');
  });

  const script = (name: string, ...args: readonly string[]) =>
    succeed('npm', ['run', '--silent', name, '--', ...args], { cwd: folder });

  const patience = `UPDATE saga SET deadline_at = clock_timestamp() + interval '1 hour' WHERE ended_at IS NULL`;

  test('npm run saga -- retry asks again for what was lost', async () => {
    const lose = `
      CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN NEW.published_at := clock_timestamp(); RETURN NEW; END $$;
      CREATE TRIGGER lose BEFORE INSERT ON outbox FOR EACH ROW
        WHEN (NEW.type = 'AuthorizePayment') EXECUTE FUNCTION lose()`;
    await execute(folder, 'order', lose);
    const id = await placeOrder(shop, paid);
    const isReserved = async () =>
      (await getOrder(shop, id))?.history.some(({ step }) => step === 'ReserveStock');
    await until(isReserved, { what: () => `the first step of order ${id}`, limitMs: 20_000 });
    await execute(folder, 'order', `${patience}; DROP TRIGGER lose ON outbox; DROP FUNCTION lose`);
    expect(await script('saga', 'retry', id)).toBe(`place-order ${id}: retry done.\n`);
    expect(await settled(shop, id)).toMatchObject({ status: 'CONFIRMED' });
    expect(await script('saga')).toBe('No open sagas.\n');
  });

  test('npm run outbox -- retry sends what was parked, and drop lets go what waits behind it', async () => {
    const outbox = (...args: string[]) => script('outbox', ...args, '--service', 'order');
    const closed = `CONSTRAINT closed CHECK (channel <> 'inventories') NOT VALID`;
    await execute(folder, 'broker', `ALTER TABLE message ADD ${closed}`);
    const first = await placeOrder(shop, paid);
    const second = await placeOrder(shop, paid);
    await execute(folder, 'order', patience);
    let listed = '';
    const numberOf = (id: string) =>
      new RegExp(`^(\\d+) .* ${id} .* parked .*"closed"`, 'm').exec(listed)?.[1];
    const areParked = async () => {
      listed = await outbox('list');
      return numberOf(first) && numberOf(second);
    };
    await until(areParked, { what: () => `two parked messages:\n${listed}`, limitMs: 60_000 });
    await execute(folder, 'broker', 'ALTER TABLE message DROP CONSTRAINT closed');

    expect(await outbox('retry', numberOf(first) ?? '')).toMatch(/^\d+: is sent again\n$/);
    expect(await settled(shop, first)).toMatchObject({ status: 'CONFIRMED' });

    await script('saga', 'retry', second);
    expect((await outbox('list', '--all')).match(/\b(?:parked|waits)\b/g)).toEqual(['parked', 'waits']);
    expect(await outbox('drop', numberOf(second) ?? '')).toMatch(/^\d+: dropped\n$/);
    expect(await settled(shop, second)).toMatchObject({ status: 'CONFIRMED' });
    expect(await outbox('list', '--all')).toBe('No messages.\n');
  });

  test('npm run dead-letters -- replay hands over again what a mended service can handle', async () => {
    await execute(folder, 'order', `ALTER TABLE orders ADD CONSTRAINT mistake CHECK (id <> 'again')`);
    await execute(folder, 'broker', `SELECT send('orders', '{"order_id": "again", "item": "widget"}')`);
    let listed = '';
    const isDead = async () => {
      await execute(folder, 'broker', 'UPDATE delivery SET next_at = clock_timestamp()');
      listed = await script('dead-letters', 'list', 'orders');
      return listed.includes('"mistake"');
    };
    await until(isDead, { what: () => `the dead letter:\n${listed}`, limitMs: 120_000 });
    expect(await getOrder(shop, 'again')).toBeUndefined();
    await execute(folder, 'order', 'ALTER TABLE orders DROP CONSTRAINT mistake');
    expect(await script('dead-letters', 'replay', 'orders', '--all')).toMatch(/^\S+: replayed\n$/);
    await until(() => getOrder(shop, 'again'), { what: () => 'the order', limitMs: 60_000 });
    expect(await settled(shop, 'again')).toMatchObject({ status: 'CONFIRMED' });
    expect(await script('dead-letters')).toBe('No dead letters.\n');
  });

  test('a change of a service starts it again, and it serves the change', async () => {
    const file = join(folder, 'services/user/src/routes.ts');
    const before = await readFile(file, 'utf8');
    const looked = shop.output().length;
    await writeFile(file, `${before}console.log('this is another one');\n`);
    await until(async () => /user .*this is another one.*user .*ready/s.test(shop.output().slice(looked)), {
      what: () => `the changed service:\n${shop.output().slice(looked)}`,
      limitMs: 60_000,
    });
    expect((await fetch(`${shop.url('user')}/api/users/1`)).status).toBe(200);
  });

  test('killed by force, it leaves nothing that keeps the next start from the same data', async () => {
    const { id } = await settled(shop, await placeOrder(shop, paid));
    const processes = await descendantsOf(shop.pid);
    const runner = processes.filter(({ command }) => command.includes('tools/dev.ts')).at(-1);
    process.kill(runner?.pid ?? Number.NaN, 'SIGKILL');
    shop = await startSystem(folder);
    expect(await settled(shop, id)).toMatchObject({ id, status: 'CONFIRMED' });
    await expectEnd(processes.filter(({ command }) => command.includes('/src/main.ts')));
  });

  test('Ctrl-C ends every process, also while services start again after a change', async () => {
    const processes = await descendantsOf(shop.pid);
    expect(processes.filter(({ command }) => command.includes('/src/main.ts'))).not.toHaveLength(0);
    await appendFile(join(folder, 'services/user/src/main.ts'), '// Changed.\n');
    isStopped = true;
    await shop.stop();
    await expectEnd(processes);
    await expect(access(join(folder, '.data/postgres/data/postmaster.pid'))).rejects.toThrow('ENOENT');
  });
});

function expectEnd(processes: readonly Process[]): Promise<boolean> {
  return until(async () => !processes.some(isAlive), {
    what: () => `the end of ${JSON.stringify(processes.filter(isAlive))}`,
    limitMs: 30_000,
  });
}
