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

const request = { customerId: '1' };

export const scenario: Scenario = {
  service: 'trip',
  path: '/api/trips',
  plays: [
    {
      title: 'A trip that is confirmed',
      request,
      expected: { status: 'CONFIRMED', step: 'CheckInHotel', result: 'succeeded' },
    },
    {
      title: 'Refused at flight.book: what was done before is undone',
      request: { ...request, fail: 'flight.book' },
      expected: { status: 'REJECTED', step: 'CancelHotel', result: 'undone' },
    },
  ],
};
