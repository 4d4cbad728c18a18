import { z } from 'zod';

/** This service's own environment variables. Those of its parts, such as the database, are theirs to check. */
export const config = z.object({});
