import { z } from 'zod';

/** This service's own environment variables. Those of its parts, such as the database, are theirs to check. */
export const config = z.object({
  /** Where the card provider is; without one a stand-in answers. */
  CARD_PROVIDER_URL: z.url().optional(),
});
