import { handles } from '@app/chassis/messaging';
import * as messages from '@app/contracts/flight';
import * as flight from './flight.ts';

export const bookFlight = handles(messages.BookFlight, async (request, { tx }) => {
  const outcome = await flight.bookFlight(tx, request);
  return outcome.ok
    ? messages.FlightBooked(request)
    : messages.BookFlightRefused({ ...request, reason: outcome.reason });
});

export const cancelFlight = handles(messages.CancelFlight, async (request, { tx }) => {
  await flight.cancelFlight(tx, request);
  return messages.FlightCanceled(request);
});
