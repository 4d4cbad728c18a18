// The calls of the fixture, over REST.
import type { TestContext } from 'node:test';
import { rest } from '../../../src/http/index.ts';
import type { Policy } from '../../../src/rpc/index.ts';
import { type Started, start as startAny } from '../../rpc/fixture.ts';

export * from '../../rpc/fixture.ts';

export const start = (t: TestContext, url: string, policy: Partial<Policy> = {}): Promise<Started> =>
  startAny(t, url, { protocol: rest(), ...policy });
