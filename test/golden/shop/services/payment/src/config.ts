import { z } from 'zod';

/** This service's own environment variables. Those of its parts, such as the database, are theirs to check. */
export const config = z.object({
  /** Where the card provider is. `stand-in` charges nothing: production has to ask for it by name. */
  CARD_PROVIDER_URL: z
    .preprocess(
      (url) => (process.env.NODE_ENV === 'production' ? url : (url ?? 'stand-in')),
      z.union([z.url(), z.literal('stand-in')]),
    )
    .describe('the card provider, or stand-in'),
});
