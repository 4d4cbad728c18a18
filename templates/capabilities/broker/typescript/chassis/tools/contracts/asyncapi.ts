// The messages of the system and the channels that carry them: contracts/asyncapi.json.
import { asyncApiDocument } from '@app/chassis/messaging';
import { channels } from '@app/contracts/channels';
import { system } from '../system.ts';
import type { Contracts, Documents } from './read.ts';

export function asyncApi({ version, messages }: Contracts): Documents {
  return { 'asyncapi.json': asyncApiDocument({ title: system.name, version, channels, messages }) };
}
