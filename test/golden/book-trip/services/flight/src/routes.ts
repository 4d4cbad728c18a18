import { serves } from '@app/chassis/contract';
import { notFound } from '@app/chassis/errors';
import { FlightApi } from '@app/contracts/flight';
import { findFlight } from './flight.ts';

export const flights = serves(FlightApi, {
  getFlight: async ({ id }, { db }) => {
    const found = await findFlight(db, id);
    if (!found) throw notFound('Nothing was asked for under this id');
    return found;
  },
});
