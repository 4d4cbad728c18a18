import { after } from 'node:test';
import { testDatabase } from '@app/chassis/testing';
import { testKilling } from './killing.ts';

const db = await testDatabase({ after }, { folders: [] });

testKilling({
  skip: false,
  url: () => db.url,
  wipe: async () => {
    await db.query('DELETE FROM instance');
  },
});
