import { openDatabase } from '@app/chassis/database';
import { handles, messaging } from '@app/chassis/messaging';
import { noMetrics, silentLogger } from '@app/chassis/telemetry';
import { contractsOf } from './scoreboard.ts';

const { SERVICE: service = '', DATABASE_URL = '', BROKER_URL = '' } = process.env;
const { channels, AddPoints } = contractsOf(service);
const db = openDatabase({ url: DATABASE_URL, max: 8 });

const addPoints = handles(AddPoints, async ({ player, points }, { tx }) => {
  if (player === 'killer') process.exit(1);
  await tx.query('INSERT INTO score (player, points) VALUES ($1, $2)', [player, points]);
});
const retries = { attempts: 3, firstMs: 20, longestMs: 50 };
const part = await messaging({ channels, handlers: [addPoints], retries }).start({
  ...{ service, db, log: silentLogger, metrics: noMetrics },
  env: { BROKER_URL },
  ready: async () => true,
  overload: () => undefined,
});
const watch = setInterval(async () => {
  if ((await part.health?.())?.status !== 'up') return;
  clearInterval(watch);
  process.stdout.write('up\n');
}, 50);
