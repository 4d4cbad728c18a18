import { randomUUID } from 'node:crypto';
import { serves } from '@app/chassis/contract';
import { notFound, ServiceError, unprocessable } from '@app/chassis/errors';
import type { Client } from '@app/chassis/rpc';
import type { CustomerApi } from '@app/contracts/customer';
import { TripApi } from '@app/contracts/trip';
import { bookTrip } from './book-trip.ts';
import { history } from './flow.ts';
import { findTrip } from './store.ts';

export interface Services {
  readonly customers: Client<typeof CustomerApi>;
}

/** The API of this service, which asks the services it calls whether what a request names exists. */
export const trips = ({ customers }: Services) =>
  serves(TripApi, {
    bookTrip: async (input, context) => {
      await customers.getCustomer({ id: input.customerId }, context).catch(unknown('Customer'));
      return context.transaction((tx) => bookTrip(tx, { id: randomUUID(), ...input }));
    },
    getTrip: async ({ id }, { db }) => {
      const found = await findTrip(db, id);
      if (!found) throw notFound('Trip not found');
      return { ...found, history: await history(db, id) };
    },
  });

/** What a request names and another service does not know cannot be processed; other errors stay what they are. */
function unknown(what: string) {
  return (error: unknown): never => {
    const isUnknown = error instanceof ServiceError && error.code === 'NotFound';
    throw isUnknown ? unprocessable(`${what} does not exist`) : error;
  };
}
