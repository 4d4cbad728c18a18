import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTransport } from '@app/chassis/messaging';
import { parseAddress } from '../../../src/messaging/kafka/address.ts';
import { silent } from './broker.ts';

test('the URL names brokers, encryption and how to sign on', () => {
  assert.deepEqual(parseAddress('kafka://broker'), { brokers: ['broker:9092'], ssl: false });
  assert.deepEqual(parseAddress('kafka+ssl://a,b:9093'), { brokers: ['a:9093', 'b:9093'], ssl: true });
  assert.deepEqual(parseAddress('kafka+ssl://ann:p%40ss@a?sasl=plain').sasl, {
    mechanism: 'plain',
    username: 'ann',
    password: 'p@ss',
  });
  assert.equal(parseAddress('kafka://ann:secret@a').sasl?.mechanism, 'scram-sha-512');
});

test('a URL that cannot work is refused at the start, without its password', () => {
  for (const [url, message] of [
    ['kafka://ann@a', /no password for "ann"/],
    ['kafka://ann:secret@a?sasl=gssapi', /\?sasl=gssapi\. Known are plain, scram-sha-256, scram-sha-512/],
  ] as const) {
    assert.throws(
      () => openTransport({ url, service: 'test', log: silent }),
      (error: Error) => message.test(error.message) && !error.message.includes('secret'),
    );
  }
});
