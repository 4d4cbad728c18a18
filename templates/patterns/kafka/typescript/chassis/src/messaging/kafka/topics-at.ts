import type { Channel } from '../transport.ts';
import { parseAddress } from './address.ts';
import { openClient } from './client.ts';
import { createTopics } from './topics.ts';

/** Creates what the broker of that URL lacks of the topics of these channels; returns their names. */
export async function createTopicsAt(url: string, channels: readonly Channel[]): Promise<string[]> {
  const client = openClient({ address: parseAddress(url), name: 'topics', retries: 5, requestMs: 10_000 });
  const admin = client.kafka.admin();
  try {
    await admin.connect();
    return await createTopics(admin, channels);
  } finally {
    await admin.disconnect().catch(() => {}); // The broker is away, which is told.
    client.cut();
  }
}
