import type { Money } from '@app/contracts/money';

export type Authorization = { approved: true } | { approved: false; reason: string };

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
const REFUSED = [400, 402, 404, 422];

class Refusal extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`The card provider answered ${status}.`);
    this.status = status;
  }
}

/** A provider with an API: POST /authorizations and /voids, with an `Idempotency-Key`. */
function providerAt(url: string): CardProvider {
  const post = async (path: string, { idempotencyKey, signal, ...body }: Asked): Promise<unknown> => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': idempotencyKey };
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      signal,
    });
    if (!response.ok) throw new Refusal(response.status);
    return response.json();
  };
  return {
    authorize: async ({ price, ...request }) => {
      try {
        return (await post('/authorizations', { ...request, ...price })) as Authorization;
      } catch (error) {
        // It will never do this; whatever else it answers is no outcome, and it is asked again.
        if (error instanceof Refusal && REFUSED.includes(error.status))
          return { approved: false, reason: `refused with ${error.status}` };
        throw error;
      }
    },
    void: async (request) => {
      await post('/voids', request);
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
