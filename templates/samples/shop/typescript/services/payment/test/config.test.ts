import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadEnv } from '@app/chassis/config';
import { config } from '../src/config.ts';

test('production does without a card provider only where the stand-in is asked for', (t) => {
  const { NODE_ENV } = process.env;
  t.after(() => {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = NODE_ENV;
  });
  process.env.NODE_ENV = 'production';
  assert.throws(
    () => loadEnv([config], {}),
    /CARD_PROVIDER_URL is missing \(the card provider, or stand-in\)/,
  );
  assert.deepEqual(loadEnv([config], { CARD_PROVIDER_URL: 'stand-in' }), { CARD_PROVIDER_URL: 'stand-in' });
  process.env.NODE_ENV = 'development';
  assert.deepEqual(loadEnv([config], {}), {});
});
