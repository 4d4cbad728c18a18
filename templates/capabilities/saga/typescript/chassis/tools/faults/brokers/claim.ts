import { ToolError } from '../../interrupt.ts';
import { watched } from '../witness.ts';
import type { Kind } from './kinds.ts';

/**
 * Makes an empty broker the test's own, before any service uses it: what is killed and counted must be nobody else's.
 * @throws ToolError where someone uses it or has left something in it, and where it cannot be reached
 */
export async function claim(kind: Pick<Kind, 'occupants' | 'prepare'>, url: string): Promise<void> {
  try {
    const [first, ...others] = await kind.occupants(url, watched);
    if (first !== undefined) {
      const more = others.length > 0 ? `, and ${others.length} more` : '';
      throw new ToolError(`The broker is used by another system: ${first}${more}. Give it an empty one.`);
    }
    await kind.prepare?.(url, watched);
  } catch (error) {
    if (error instanceof ToolError) throw error;
    const { message, code } = error as NodeJS.ErrnoException;
    throw new ToolError(`The broker at ${new URL(url).host} cannot be used: ${message || code}`);
  }
}
