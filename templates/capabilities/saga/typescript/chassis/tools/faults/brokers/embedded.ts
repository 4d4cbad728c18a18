// The embedded transport: a PostgreSQL of its own, so that it can die while the services' databases live.
import { openDatabase } from '@app/chassis/database';
import type { Guard } from '../../guard.ts';
import { prepareDatabases } from '../../postgres/databases.ts';
import { startMortal } from '../mortal.ts';
import type { Broker } from './broker.ts';

export async function embeddedBroker(guard: Guard): Promise<Broker> {
  const server = await startMortal('bus', guard);
  const databases = await prepareDatabases(server.url, ['bus']);
  const db = openDatabase({ url: databases.url('bus'), max: 1 });
  return {
    name: 'postgres',
    url: databases.url('bus'),
    linkable: true,
    kill: server.kill,
    revive: server.revive,
    forget: async () => {
      await db.query('DELETE FROM message WHERE NOT EXISTS (SELECT FROM delivery WHERE message = seq)');
    },
    lapse: async () => {
      await db.query("UPDATE delivery SET locked_until = '-infinity'");
    },
    stop: async () => {
      await db.close();
      await databases.release();
      await server.stop();
    },
  };
}
