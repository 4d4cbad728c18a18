// `npm run topics`, and the init job: creates the topics of this system on the broker of BROKER_URL.
import type { Channel } from '../transport.ts';
import { parseAddress } from './address.ts';
import { openClient } from './client.ts';
import { createTopics } from './topics.ts';

const CONTRACTS = '@app/contracts/channels'; // In a variable: the chassis itself is built without the contracts.

async function main(url: string): Promise<void> {
  const { channels }: { channels: readonly Channel[] } = await import(CONTRACTS);
  const client = openClient({ address: parseAddress(url), name: 'topics', retries: 5, requestMs: 10_000 });
  const admin = client.kafka.admin();
  try {
    await admin.connect();
    const created = await createTopics(admin, channels);
    process.stdout.write(created.length > 0 ? `Created ${created.join(', ')}\n` : 'All topics are there.\n');
  } finally {
    await admin.disconnect().catch(() => {}); // The broker is away, which is told.
    client.cut();
  }
}

const { BROKER_URL = '' } = process.env;
try {
  if (!/^kafka(\+ssl)?:/.test(BROKER_URL))
    throw new Error('BROKER_URL must be a kafka:// or kafka+ssl:// URL.');
  await main(BROKER_URL);
} catch (error) {
  process.stderr.write(`The topics could not be created: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
