import { serves } from '@app/chassis/contract';
import { notFound } from '@app/chassis/errors';
import { PaymentApi } from '@app/contracts/payment';
import { findPayment } from './payments.ts';

export const payments = serves(PaymentApi, {
  getPayment: async ({ id }, { db }) => {
    const payment = await findPayment(db, id);
    if (!payment) throw notFound('Payment not found');
    return payment;
  },
});
