import { after } from 'node:test';
import { testDatabase } from '@app/chassis/testing';
import { postgresRegistry } from '../../src/discovery/postgres.ts';
import { testContract } from './contract.ts';

const db = await testDatabase({ after }, { folders: [] });

testContract({
  skip: false,
  open: () => postgresRegistry(db.url),
  wipe: async () => {
    await db.query('DELETE FROM instance');
  },
});
