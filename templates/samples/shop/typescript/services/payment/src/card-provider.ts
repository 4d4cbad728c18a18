import type { Money } from '@app/contracts/money';
import { z } from 'zod';

const Authorization = z.discriminatedUnion('approved', [
  z.object({ approved: z.literal(true) }),
  z.object({ approved: z.literal(false), reason: z.string() }),
]);
export type Authorization = z.infer<typeof Authorization>;

export interface CardProvider {
  /** Reserves the amount on the card. Asked again under the same key, it gives the same answer and reserves nothing. */
  authorize(request: {
    idempotencyKey: string;
    reference: string;
    price: Money;
    cardToken: string;
    signal: AbortSignal;
  }): Promise<Authorization>;
  /** Gives back what was reserved under the reference, if anything was. */
  void(request: { idempotencyKey: string; reference: string; signal: AbortSignal }): Promise<void>;
}

/** Stands in for a real provider, whose client belongs here. Declines the token `tok_declined`. */
const standIn: CardProvider = {
  async authorize({ cardToken }) {
    return cardToken === 'tok_declined' ? { approved: false, reason: 'declined' } : { approved: true };
  },
  async void() {},
};

/** Statuses that say of a request that it is one which is never done. */
const REFUSED = [400, 402, 422];

class Refusal extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`The card provider answered ${status}.`);
    this.status = status;
  }
}

/** A provider with an API: POST /authorizations and /voids, with an `Idempotency-Key`. */
export function providerAt(url: string): CardProvider {
  const base = url.replace(/\/$/, '');
  const post = async (path: string, { idempotencyKey, signal, ...body }: Asked): Promise<Response> => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': idempotencyKey };
    const response = await fetch(`${base}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      signal,
    });
    if (!response.ok) throw new Refusal(response.status);
    return response;
  };
  return {
    authorize: async ({ price, ...request }) => {
      try {
        const response = await post('/authorizations', { ...request, ...price });
        return Authorization.parse(await response.json());
      } catch (error) {
        // It will never do this; whatever else it answers is no outcome, and it is asked again.
        if (error instanceof Refusal && REFUSED.includes(error.status))
          return { approved: false, reason: `refused with ${error.status}` };
        throw error;
      }
    },
    void: async (request) => {
      const response = await post('/voids', request);
      await response.body?.cancel();
    },
  };
}

interface Asked {
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
  readonly [field: string]: unknown;
}

// Checked at boot, see config.ts; an empty variable counts as missing.
const url = process.env.CARD_PROVIDER_URL || 'stand-in';

export const cardProvider = url === 'stand-in' ? standIn : providerAt(url);
