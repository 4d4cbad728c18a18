import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadEnv } from '@app/chassis/config';
import { startService } from '@app/chassis/lifecycle';
import { testDatabase } from '@app/chassis/testing';
import { grpcServer } from '../../src/grpc/index.ts';
import { notes, protos } from './notes.ts';

const part = grpcServer({ routes: [notes()], protos });

for (const [given, missing] of [
  ['GRPC_TLS_CERT', 'GRPC_TLS_KEY'],
  ['GRPC_TLS_KEY', 'GRPC_TLS_CERT'],
] as const) {
  test(`${given} alone is no TLS: it does not start without ${missing}`, () => {
    const start = () => loadEnv([part.env ?? assert.fail()], { [given]: '/run/tls/file' });
    assert.throws(start, { message: new RegExp(`^Environment variable ${missing} is missing`) });
  });
}

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

test('with a certificate it says that callers need TLS', { skip: !hasOpenssl }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const files = ['-keyout', key, '-out', cert];
  const kind = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost'];
  assert.equal(spawnSync('openssl', ['req', ...kind, ...files]).status, 0);

  const { url } = await testDatabase(t, { folders: [] });
  const secure = { GRPC_TLS_CERT: cert, GRPC_TLS_KEY: key };
  const env = { DATABASE_URL: url, PORT: '0', GRPC_PORT: '0', LOG_LEVEL: 'error', ...secure };
  const service = await startService({ name: 'note', parts: [part], env });
  t.after(() => service.stop());
  assert.deepEqual(
    service.edges.map(({ scheme }) => scheme),
    ['http', 'grpcs'],
  );
});
