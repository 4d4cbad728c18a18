// What `npm run demo` plays: requests to one service, and the end each of them must come to.

export interface Play {
  readonly title: string;
  /** Body of the POST. */
  readonly request: unknown;
  readonly expected: {
    readonly status: string;
    /** What the history must show by then. */
    readonly step: string;
    readonly result: string;
  };
}

export interface Scenario {
  readonly service: string;
  /** Answers POST with 202 and GET /:id with `{ status, reason?, history }`. */
  readonly path: string;
  readonly plays: readonly Play[];
}

const order = { userId: '1', item: 'widget', quantity: 1 };

export const scenario: Scenario = {
  service: 'order',
  path: '/api/orders',
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
  ],
};
