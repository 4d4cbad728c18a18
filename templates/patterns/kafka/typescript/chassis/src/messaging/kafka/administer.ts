import type { Admin } from 'kafkajs';
import { parseAddress } from './address.ts';
import { openClient } from './client.ts';

/** Does something as an administrator of the broker of that URL. */
export async function administer<T>(url: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const address = parseAddress(url);
  const client = openClient({ address, name: 'administration', retries: 5, requestMs: 10_000 });
  const admin = client.kafka.admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect().catch(() => {}); // The broker is away, which is told.
    client.cut();
  }
}
