// On a real etcd: TEST_ETCD_URL, such as etcd://127.0.0.1:2379. What this writes is below a path of its own.
import { randomBytes } from 'node:crypto';
import { createGateway, parseUrl } from '../../src/discovery/etcd/gateway.ts';
import { etcdRegistry } from '../../src/discovery/etcd/index.ts';
import { testContract } from './contract.ts';
import { testKilling } from './killing.ts';

const given = process.env.TEST_ETCD_URL ?? '';
const skip = given === '' && 'TEST_ETCD_URL';
const path = `test-${randomBytes(4).toString('hex')}`;
const url = `${given}/${path}`;

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Leases live on: it is as if somebody had deleted the keys. */
const wipe = async () => {
  const range = { key: base64(`/${path}/`), range_end: base64(`/${path}0`) };
  await createGateway(parseUrl(given).nodes).call('/v3/kv/deleterange', range);
};

testContract({ skip, open: () => etcdRegistry(url), wipe });
testKilling({ skip, url: () => url, wipe });
