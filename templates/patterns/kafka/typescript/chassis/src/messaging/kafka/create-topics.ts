// `npm run topics`, and the init job: creates the topics of this system on the broker of BROKER_URL.
import type { Channel } from '../transport.ts';
import { createTopicsAt } from './topics-at.ts';

const CONTRACTS = '@app/contracts/channels'; // In a variable: the chassis itself is built without the contracts.

async function main(url: string): Promise<void> {
  const { channels }: { channels: readonly Channel[] } = await import(CONTRACTS);
  const created = await createTopicsAt(url, channels);
  process.stdout.write(created.length > 0 ? `Created ${created.join(', ')}\n` : 'All topics are there.\n');
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
