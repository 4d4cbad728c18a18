import { z } from 'zod';

/** An id of ours or of a client: letters, digits, dot, underscore and dash, up to 64 characters. */
export const Id = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, ".", "_" or "-"');
