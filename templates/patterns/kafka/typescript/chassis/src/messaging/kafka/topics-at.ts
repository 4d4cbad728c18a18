import type { Channel } from '../transport.ts';
import { administer } from './administer.ts';
import { createTopics } from './topics.ts';

/** Creates what the broker of that URL lacks of the topics of these channels; returns their names. */
export function createTopicsAt(url: string, channels: readonly Channel[]): Promise<string[]> {
  return administer(url, (admin) => createTopics(admin, channels));
}
