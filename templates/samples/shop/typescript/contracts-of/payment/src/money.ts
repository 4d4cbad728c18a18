import { z } from 'zod';

/** An amount in minor units (cents) of an ISO 4217 currency. */
export const Money = z.object({ amount: z.int().nonnegative(), currency: z.string().length(3) });
export type Money = z.infer<typeof Money>;
