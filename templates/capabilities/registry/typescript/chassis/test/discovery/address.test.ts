import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advertisedHost } from '../../src/discovery/address.ts';

const v4 = { address: '10.0.0.7', family: 'IPv4', internal: false };
const v6 = { address: 'fd00::7', family: 'IPv6', internal: false, scopeid: 0 };
const onLink = { address: 'fe80::7', family: 'IPv6', internal: false, scopeid: 2 };
const loopback = { address: '127.0.0.1', family: 'IPv4', internal: true };

const production = { NODE_ENV: 'production' };
const hostWith = (env: Record<string, string>, ...addresses: readonly object[]) =>
  advertisedHost(env, { eth0: addresses as never });

test('in production an instance is reached by the address of its machine', () => {
  assert.equal(hostWith(production, loopback, v6, v4), '10.0.0.7');
  assert.equal(hostWith(production, loopback, onLink, v6), '[fd00::7]');
  assert.equal(hostWith({ ...production, ADVERTISE_HOST: 'user-1' }, v4), 'user-1');
  assert.equal(hostWith({}, v4), '127.0.0.1');
});

test('in production one that nobody could reach does not start', () => {
  assert.throws(() => hostWith(production, loopback, onLink), /ADVERTISE_HOST is missing/);
});
