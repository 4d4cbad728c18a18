// What is tested: the saga, and what tells how it ended.
import type { Books } from '@app/chassis/saga';
import { PlaceOrder } from '@app/contracts/order';
import { books as inventory } from '../../../../services/inventory/test/books.ts';
import { placeOrder } from '../../../../services/order/src/flow.ts';
import { books as payment } from '../../../../services/payment/test/books.ts';

export const subject = {
  /** What one run of the saga is about, in words. */
  noun: 'order',
  plural: 'orders',
  saga: placeOrder,
  /** Begins one from outside, by a message. */
  command: PlaceOrder,
  /** The field of its messages that holds its key. */
  key: 'orderId',
  initiator: 'order',
  /** Tells how its sagas ended. */
  events: 'order-events',
  confirmed: 'OrderConfirmed',
  rejected: 'OrderRejected',
  /** Table by which callers find the instances of a service, and gauge of how many of them one knows; '' where there is none. */
  instances: { table: '', metric: '' },
  /** After so many failures in a row a service is not called any more; 0: it always is. */
  threshold: 5,
};

/** Of every participant, with the steps of the saga that it does. */
export const books: readonly (Books & Required<Pick<Books, 'steps'>>)[] = [
  { steps: ['reserve', 'confirm'], ...inventory },
  { steps: ['authorize'], ...payment },
];

/** What customers ask for. */
export interface Request {
  /** How often it comes, beside the shares of the others. */
  readonly share: number;
  readonly body: object;
  /** Why it must be refused; absent: nothing stands against it. */
  readonly refusal?: string;
  /** What the participants must have noted where it was confirmed. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

export const requests: readonly Request[] = [
  {
    share: 9,
    body: { userId: '1', item: 'widget', quantity: 1 },
    facts: { item: 'widget', quantity: 1, amount: 1999 },
  },
  {
    share: 4,
    body: { userId: '2', item: 'widget', quantity: 3 },
    facts: { item: 'widget', quantity: 3, amount: 5997 },
  },
  {
    share: 1,
    body: { userId: '3', item: 'gadget', quantity: 1 },
    facts: { item: 'gadget', quantity: 1, amount: 4950 },
  },
  {
    share: 4,
    body: { userId: '1', item: 'widget', quantity: 2, cardToken: 'tok_declined' },
    refusal: 'declined',
  },
  { share: 2, body: { userId: '2', item: 'antique', quantity: 2 }, refusal: 'out-of-stock' },
];
