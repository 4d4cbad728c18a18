import { z } from 'zod';

/** This service's own environment variables. Those of its parts (database, broker, HTTP) are theirs to check. */
export const config = z.object({});
