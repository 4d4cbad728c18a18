import { createHash } from 'node:crypto';

/** SHA-256 in lower-case hex. */
export type Hash = string;

/** Of a text, its bytes in UTF-8 are hashed. */
export function hashOf(content: string | Uint8Array): Hash {
  return createHash('sha256').update(content).digest('hex');
}
