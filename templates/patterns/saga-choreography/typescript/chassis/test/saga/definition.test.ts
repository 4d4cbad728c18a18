import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command } from '../../src/contract/index.ts';
import { eventsBefore, mermaid, type Step } from '../../src/saga/index.ts';
import { car, flight, hotel, TripAccepted, TripConfirmed, tickets, trip } from './trip.ts';

const without = ({ ...step }: Step, ...names: (keyof Step)[]): Step => {
  for (const name of names) delete (step as Partial<Step>)[name];
  return step;
};

const { schema, key, example } = TripConfirmed;

const wrong: Record<string, { steps: Step[]; message: RegExp }> = {
  'no steps': { steps: [], message: /Saga "book-trip": it has no steps/ },
  'two pivots': {
    steps: [{ ...hotel, pivot: true }, flight],
    message: /both HotelReserved and FlightBooked/,
  },
  'a step before the pivot that cannot be undone': {
    steps: [without(hotel, 'undone'), flight],
    message: /step HotelReserved comes before the point of no return and needs an undo/,
  },
  'an undo after the pivot': {
    steps: [flight, without(car, 'refused')],
    message: /step CarReserved comes after the pivot and is never undone/,
  },
  'a refusal after the pivot': {
    steps: [flight, without(car, 'undone')],
    message: /step CarReserved comes after the pivot and has to succeed/,
  },
  'the same event twice': { steps: [hotel, hotel, flight], message: /HotelReserved stands in it twice/ },
  'a command in an event’s place': {
    steps: [{ ...hotel, succeeded: command('Reserve', { channel: 'hotels', schema, key, example }) }, flight],
    message: /takes Reserve as an event, but it is declared as command/,
  },
};

for (const [name, { steps, message }] of Object.entries(wrong)) {
  test(`a table with ${name} is refused`, () => {
    assert.throws(() => trip(steps), { message });
  });
}

test('a step follows the step before it; the first the start, and after the pivot the confirmation', () => {
  const table = trip();
  assert.deepEqual(
    table.steps.map((_, index) => eventsBefore(table, index).map(({ type }) => type)),
    [['TripAccepted'], ['TripAccepted', 'HotelReserved'], ['TripAccepted', 'CarReserved'], ['TripConfirmed']],
  );
});

test('the diagram shows who follows what, and where there is no way back', () => {
  const diagram = mermaid(trip());
  const told = [hotel, car, flight, tickets].flatMap(({ succeeded, refused }) => [succeeded, refused]);
  for (const event of [...told, TripAccepted, TripConfirmed]) {
    if (event) assert.match(diagram, new RegExp(`: ${event.type}$`, 'm'));
  }
  assert.match(diagram, /FlightService-\)TripService: FlightBooked$/m);
  assert.match(
    diagram,
    /Note over TripService: TripConfirmed, no way back\n {2}TripService-\)\w+: TripConfirmed$/m,
  );
});
