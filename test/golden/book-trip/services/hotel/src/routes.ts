import { serves } from '@app/chassis/contract';
import { notFound } from '@app/chassis/errors';
import { HotelApi } from '@app/contracts/hotel';
import { findHotel } from './hotel.ts';

export const hotels = serves(HotelApi, {
  getHotel: async ({ id }, { db }) => {
    const found = await findHotel(db, id);
    if (!found) throw notFound('Nothing was asked for under this id');
    return found;
  },
});
