import { handles } from '@app/chassis/messaging';
import * as messages from '@app/contracts/hotel';
import * as hotel from './hotel.ts';

export const reserveHotel = handles(messages.ReserveHotel, async (request, { tx }) => {
  const outcome = await hotel.reserveHotel(tx, request);
  return outcome.ok
    ? messages.HotelReserved(request)
    : messages.ReserveHotelRefused({ ...request, reason: outcome.reason });
});

export const cancelHotel = handles(messages.CancelHotel, async (request, { tx }) => {
  await hotel.cancelHotel(tx, request);
  return messages.HotelCanceled(request);
});

export const checkInHotel = handles(messages.CheckInHotel, async (request, { tx }) => {
  await hotel.checkInHotel(tx, request);
  return messages.HotelCheckedIn(request);
});
