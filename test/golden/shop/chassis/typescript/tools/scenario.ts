// What `npm run demo` plays: requests to one service, and the end each of them must come to.
import { OrderApi } from '@app/contracts/order';

export interface Play {
  readonly title: string;
  readonly request: object;
  readonly expected: {
    readonly status: string;
    /** What the history must show by then. */
    readonly step: string;
    readonly result: string;
  };
}

const order = { userId: '1', item: 'widget', quantity: 1 };

export const scenario = {
  service: 'order',
  api: OrderApi,
  /** The operation that starts a saga, and the one that shows how it goes. */
  start: 'placeOrder',
  read: 'getOrder',
  plays: [
    {
      title: 'An order that is paid',
      request: { ...order, cardToken: 'tok_visa' },
      expected: { status: 'CONFIRMED', step: 'ConfirmStock', result: 'succeeded' },
    },
    {
      title: 'A declined card: the stock is given back',
      request: { ...order, cardToken: 'tok_declined' },
      expected: { status: 'REJECTED', step: 'ReleaseStock', result: 'undone' },
    },
  ] satisfies Play[],
} as const;
