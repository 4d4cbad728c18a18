import { calls } from '@app/chassis/messaging';
import {
  AuthorizePayment,
  PaymentAuthorized,
  PaymentDeclined,
  PaymentVoided,
  VoidPayment,
} from '@app/contracts/payment';
import { cardProvider } from './card-provider.ts';
import { needsVoid, type Outcome, openPayment, settlePayment, voidPayment } from './payments.ts';

export const authorizePayment = calls(AuthorizePayment, {
  before: async ({ orderId, price }, { tx }) => replyTo(orderId, await openPayment(tx, { orderId, price })),
  call: ({ orderId, price, cardToken }, context) =>
    cardProvider.authorize({ reference: orderId, price, cardToken, ...context }),
  after: async ({ orderId }, authorization, { tx }) =>
    replyTo(orderId, await settlePayment(tx, { orderId, authorization })),
});

export const voidAuthorization = calls(VoidPayment, {
  before: async ({ orderId }, { tx }) => {
    return (await needsVoid(tx, orderId)) ? undefined : PaymentVoided({ orderId });
  },
  call: ({ orderId }, context) => cardProvider.void({ reference: orderId, ...context }),
  after: async ({ orderId }, _voided, { tx }) => {
    await voidPayment(tx, orderId);
    return PaymentVoided({ orderId });
  },
});

/** Nothing while the outcome is open: the provider is asked first. */
function replyTo(orderId: string, outcome: Outcome) {
  if (outcome.status === 'PENDING') return undefined;
  if (outcome.status === 'AUTHORIZED') return PaymentAuthorized({ orderId });
  return PaymentDeclined({ orderId, reason: outcome.reason });
}
