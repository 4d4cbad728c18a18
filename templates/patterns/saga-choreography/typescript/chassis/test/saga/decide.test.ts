import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  begin,
  type Decision,
  decide,
  isStuck,
  retryDelay,
  type SagaEvent,
  type SagaState,
} from '../../src/saga/index.ts';
import { car, finalFlight, flight, hotel, tickets, trip } from './trip.ts';

const definition = trip();
const started = begin(definition, { tripId: '1' });
const heard = (message: string, reason?: string): SagaEvent => ({
  type: 'heard',
  message,
  ...(reason === undefined ? {} : { reason }),
});

/** Plays events one after the other; what the initiator told, and the state in the end. */
function play(table: typeof definition, events: readonly SagaEvent[]) {
  let { state } = started;
  const told: Decision['tell'][] = [];
  for (const event of events) {
    const decision = decide(table, state, event);
    if (decision.tell) told.push(decision.tell);
    state = decision.state;
  }
  return { told, state };
}

const permutations = <T>(items: readonly T[]): T[][] =>
  items.length < 2
    ? [[...items]]
    : items.flatMap((item) =>
        permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
      );

test('the success of the pivot confirms, and the steps after it end the saga', () => {
  const { told, state } = play(
    definition,
    ['HotelReserved', 'CarReserved', 'FlightBooked'].map((type) => heard(type)),
  );
  assert.deepEqual(told, ['confirmed']);
  assert.equal(state.status, 'COMPLETING');
  assert.equal(decide(definition, state, heard('TicketsSent')).state.status, 'CONFIRMED');
});

test('the pivot’s success is enough, even where the events of the steps before it are late', () => {
  const { told, state } = play(definition, [heard('FlightBooked'), heard('TicketsSent')]);
  assert.deepEqual(told, ['confirmed']);
  assert.equal(state.status, 'CONFIRMED');
});

test('a refusal rejects with its reason, and the saga ends when everyone has undone its step', () => {
  const { told, state } = play(definition, [heard('HotelReserved'), heard('CarRefused', 'none left')]);
  assert.deepEqual(told, ['rejected']);
  assert.deepEqual([state.status, state.reason], ['COMPENSATING', 'none left']);
  for (const order of permutations(['HotelCancelled', 'CarCancelled', 'FlightCancelled'])) {
    const events = order.map((type) => heard(type));
    const statuses = events.map((_, index) =>
      play(definition, [heard('CarRefused'), ...events.slice(0, index + 1)]),
    );
    assert.deepEqual(
      statuses.map(({ state: { status } }) => status),
      ['COMPENSATING', 'COMPENSATING', 'REJECTED'],
    );
  }
});

test('whatever the order and however often, the same events lead to the same end', () => {
  const ways: Record<string, string[]> = {
    CONFIRMED: ['HotelReserved', 'CarReserved', 'FlightBooked', 'TicketsSent'],
    REJECTED: ['HotelReserved', 'CarRefused', 'HotelCancelled', 'CarCancelled', 'FlightCancelled'],
  };
  for (const [end, types] of Object.entries(ways)) {
    for (const order of permutations(types)) {
      const { state, told } = play(
        definition,
        [...order, ...order].map((type) => heard(type)),
      );
      // An undoing heard before the refusal that caused it is impossible, and still ends well.
      assert.equal(state.status, end, order.join(', '));
      assert.equal(told.length, 1);
    }
  }
});

test('the pivot answered first: the deadline does nothing, and an abort is refused', () => {
  const { state } = play(definition, [heard('FlightBooked')]);
  for (const type of ['deadline', 'abort'] as const) {
    const decision = decide(definition, state, { type });
    assert.equal(decision.tell, undefined);
    assert.equal(decision.state.status, 'COMPLETING');
    assert.ok(decision.ignored);
  }
});

test('the deadline first: a success of the pivot that comes later changes nothing', () => {
  const { told, state } = play(definition, [{ type: 'deadline' }, heard('FlightBooked')]);
  assert.deepEqual(told, ['rejected']);
  assert.deepEqual([state.status, state.reason], ['COMPENSATING', 'deadline']);
});

test('a pivot without undo is asked again after the deadline, and never compensated', () => {
  const table = trip([hotel, finalFlight, tickets]);
  const doubt = play(table, [{ type: 'deadline' }, { type: 'overdue' }]);
  assert.deepEqual(doubt.told, ['again', 'again']);
  assert.equal(doubt.state.status, 'IN_DOUBT');
  assert.match(decide(table, doubt.state, { type: 'abort' }).ignored ?? '', /nothing undoes it/);
  assert.equal(decide(table, doubt.state, heard('FlightBooked')).tell, 'confirmed');
  assert.equal(decide(table, doubt.state, heard('FlightRefused')).tell, 'rejected');
});

test('what is unanswered is told again, later each time and without end; from the third time on it is stuck', () => {
  for (const event of [heard('FlightBooked'), heard('HotelRefused')]) {
    let { state } = play(definition, [event]);
    const delays = [retryDelay(definition, state)];
    const results: string[] = [];
    for (let attempt = 2; attempt <= 9; attempt++) {
      const decision = decide(definition, state, { type: 'overdue' });
      assert.equal(decision.tell, 'again');
      assert.equal(isStuck(definition, decision.state), attempt >= 3);
      results.push(...decision.log.map(({ result }) => result));
      state = decision.state;
      delays.push(retryDelay(definition, state));
    }
    assert.deepEqual(delays.slice(0, 4), [10_000, 20_000, 40_000, 80_000]);
    assert.equal(delays.at(-1), 600_000);
    assert.equal(results.filter((result) => result === 'stuck').length, 1);
  }
});

test('what comes twice, or after the end, changes nothing', () => {
  const states: SagaState[] = [
    play(definition, [heard('HotelReserved')]).state,
    play(definition, [heard('FlightBooked'), heard('HotelReserved')]).state,
    play(definition, [heard('FlightBooked'), heard('TicketsSent')]).state,
  ];
  for (const state of states) {
    const decision = decide(definition, state, heard('HotelReserved'));
    assert.deepEqual(decision.state, state);
    assert.equal(decision.tell, undefined);
    assert.ok(decision.ignored);
  }
});

test('an operator has it told again, skips what is missing, and aborts before the pivot', () => {
  const stuck = { ...play(definition, [heard('FlightBooked')]).state, attempts: 7 };
  const again = decide(definition, stuck, { type: 'retry' });
  assert.equal(again.tell, 'again');
  assert.equal(isStuck(definition, again.state), false);
  const skipped = decide(definition, stuck, { type: 'skip' });
  assert.equal(skipped.state.status, 'CONFIRMED');
  assert.deepEqual(
    skipped.log.map(({ service, step, result }) => [service, step, result]),
    [['hotel', 'TicketsSent', 'skipped']],
  );
  const undoing = play(definition, [heard('CarRefused')]).state;
  assert.equal(decide(definition, undoing, { type: 'skip' }).state.status, 'REJECTED');
  assert.match(decide(definition, started.state, { type: 'skip' }).ignored ?? '', /may still answer/);
  const aborted = decide(definition, started.state, { type: 'abort' });
  assert.deepEqual([aborted.tell, aborted.state.reason], ['rejected', 'aborted']);
});

test('without a pivot the success of the last step is the point of no return', () => {
  const { state } = play(trip([hotel, car]), [heard('HotelReserved'), heard('CarReserved')]);
  assert.equal(state.status, 'CONFIRMED');
});

test('with nothing to undo a refusal is the end', () => {
  const { state, told } = play(trip([finalFlight]), [heard('FlightRefused', 'full')]);
  assert.deepEqual([state.status, told], ['REJECTED', ['rejected']]);
  assert.equal(play(trip([flight]), [heard('FlightRefused')]).state.status, 'COMPENSATING');
});
