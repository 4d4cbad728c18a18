import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mermaid, type Step } from '../../src/saga/index.ts';
import { car, flight, hotel, tickets, trip } from './trip.ts';

const without = ({ ...step }: Step, ...names: (keyof Step)[]): Step => {
  for (const name of names) delete (step as Partial<Step>)[name];
  return step;
};

const wrong: Record<string, { steps: Step[]; message: RegExp }> = {
  'no steps': { steps: [], message: /Saga "book-trip": it has no steps/ },
  'two pivots': { steps: [{ ...hotel, pivot: true }, flight], message: /both ReserveHotel and BookFlight/ },
  'a step before the pivot that cannot be undone': {
    steps: [without(hotel, 'undo', 'undone'), flight],
    message: /step ReserveHotel comes before the point of no return and needs an undo/,
  },
  'no pivot and a step that cannot be undone': {
    steps: [hotel, tickets],
    message: /step SendTickets comes before the point of no return/,
  },
  'an undo after the pivot': {
    steps: [flight, without(car, 'refused')],
    message: /step ReserveCar comes after the pivot and is never undone/,
  },
  'a refusal after the pivot': {
    steps: [flight, without(car, 'undo', 'undone')],
    message: /step ReserveCar comes after the pivot and has to succeed/,
  },
  'an undo without its answer': {
    steps: [without(hotel, 'undone'), flight],
    message: /step ReserveHotel needs both undo and undone/,
  },
  'the same message twice': { steps: [hotel, hotel, flight], message: /ReserveHotel stands in it twice/ },
  'a reply in a command’s place': {
    steps: [{ ...hotel, call: hotel.succeeded }, flight],
    message: /takes HotelReserved as a command, but it is declared as reply/,
  },
};

for (const [name, { steps, message }] of Object.entries(wrong)) {
  test(`a table with ${name} is refused`, () => {
    assert.throws(() => trip(steps), { message });
  });
}

test('the diagram shows every message of the table and where there is no way back', () => {
  const diagram = mermaid(trip());
  // The pivot's own undo follows a deadline only.
  for (const { call, succeeded, refused, undo, undone, pivot } of [hotel, car, flight, tickets]) {
    for (const message of [call, succeeded, refused, ...(pivot ? [] : [undo, undone])]) {
      if (message) assert.match(diagram, new RegExp(`(: |break )${message.type}$`, 'm'));
    }
  }
  assert.match(diagram, /FlightService-->>TripService: FlightBooked\n {2}Note over TripService: point of no/);
});
