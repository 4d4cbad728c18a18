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
import { car, finalFlight, hotel, tickets, trip } from './trip.ts';

const definition = trip();
const FLIGHT = 2;
const TICKETS = 3;

const state = (status: SagaState['status'], step: number): SagaState => ({
  status,
  step,
  data: { tripId: '1' },
  lastCommandId: 'last',
  attempts: 1,
  reason: null,
});
const reply = (result: 'succeeded' | 'refused' | 'undone' | 'failed', more: object = {}): SagaEvent => ({
  type: 'reply',
  commandId: 'last',
  result,
  ...more,
});
const sent = ({ command }: Decision) => command?.type.type;
const log = ({ log }: Decision) => log.map(({ step, result }) => `${step} ${result}`);

/** Plays events one after the other; the name of each command sent, and the state in the end. */
function play(table: typeof definition, events: readonly SagaEvent[]) {
  const first = begin(table, { tripId: '1' });
  const commands = [sent(first)];
  let { state } = first;
  for (const event of events) {
    const next = decide(table, { ...state, lastCommandId: 'last' }, event);
    commands.push(...(next.command ? [sent(next)] : []));
    state = next.state;
  }
  return { commands, state };
}

test('each success sends the next command, the last one confirms', () => {
  const { commands, state } = play(definition, Array(4).fill(reply('succeeded')));
  assert.deepEqual(commands, ['ReserveHotel', 'ReserveCar', 'BookFlight', 'SendTickets']);
  assert.equal(state.status, 'CONFIRMED');
});

test('what a step answers is there for the next commands', () => {
  const { state } = play(definition, [reply('succeeded'), reply('succeeded', { data: { plate: 'A 1' } })]);
  assert.deepEqual(state.data, { tripId: '1', plate: 'A 1' });
});

test('a refused step undoes the earlier ones in reverse, and its reason is the end', () => {
  const { commands, state } = play(definition, [
    reply('succeeded'),
    reply('succeeded'),
    reply('refused', { reason: 'full' }),
    reply('undone'),
    reply('undone'),
  ]);
  assert.deepEqual(commands.slice(3), ['CancelCar', 'CancelHotel']);
  assert.equal(state.status, 'REJECTED');
  assert.equal(state.reason, 'full');
});

test('the first step refused ends the saga with nothing to undo', () => {
  const { commands, state } = play(definition, [reply('refused', { reason: 'full' })]);
  assert.deepEqual(commands, ['ReserveHotel']);
  assert.equal(state.status, 'REJECTED');
});

test('the deadline undoes the unanswered step too', () => {
  const { commands, state } = play(definition, [
    reply('succeeded'),
    { type: 'deadline' },
    reply('undone'),
    reply('undone'),
  ]);
  assert.deepEqual(commands.slice(2), ['CancelCar', 'CancelHotel']);
  assert.equal(state.reason, 'deadline');
});

test('the pivot answered first: the deadline does nothing, and an abort is refused', () => {
  const { state } = play(definition, [reply('succeeded'), reply('succeeded'), reply('succeeded')]);
  assert.equal(state.status, 'COMPLETING');
  for (const type of ['deadline', 'abort'] as const) {
    const decision = decide(definition, { ...state, lastCommandId: 'last' }, { type });
    assert.equal(decision.command, undefined);
    assert.equal(decision.state.status, 'COMPLETING');
    assert.ok(decision.ignored);
  }
});

test('the deadline first: a success of the pivot that comes later is ignored, and the pivot is undone', () => {
  const undoing = decide(definition, state('RUNNING', FLIGHT), { type: 'deadline' });
  assert.equal(sent(undoing), 'CancelFlight');
  const late = decide(definition, { ...undoing.state, lastCommandId: 'new' }, reply('succeeded'));
  assert.equal(late.ignored, 'it answers an earlier command');
  assert.equal(late.state.status, 'COMPENSATING');
});

test('a pivot without undo is asked again after the deadline, and never compensated', () => {
  const table = trip([hotel, finalFlight, tickets]);
  const doubt = decide(table, state('RUNNING', 1), { type: 'deadline' });
  assert.deepEqual([doubt.state.status, doubt.state.attempts], ['IN_DOUBT', 1]);
  assert.equal(sent(doubt), 'BookFlight');
  assert.equal(sent(decide(table, doubt.state, { type: 'overdue' })), 'BookFlight');
  const known = { ...doubt.state, lastCommandId: 'last' };
  assert.equal(decide(table, known, reply('succeeded')).state.status, 'COMPLETING');
  assert.equal(sent(decide(table, known, reply('refused', { reason: 'full' }))), 'CancelHotel');
  assert.match(decide(table, state('RUNNING', 1), { type: 'abort' }).ignored ?? '', /has no undo/);
});

test('a dead-lettered command is undone before the pivot and sent again after it', () => {
  const before = decide(definition, state('RUNNING', 1), reply('failed', { reason: 'no such table' }));
  assert.equal(sent(before), 'CancelCar');
  assert.deepEqual(log(before), ['ReserveCar failed', 'CancelCar sent']);
  const after = decide(definition, state('COMPLETING', TICKETS), reply('failed'));
  assert.equal(after.command, undefined);
  assert.equal(after.state.status, 'COMPLETING');
  assert.equal(retryDelay(definition, after.state), 10_000);
  assert.equal(sent(decide(definition, after.state, { type: 'overdue' })), 'SendTickets');
});

test('retries back off up to the limit and never end; from the third attempt on the saga is stuck', () => {
  for (const before of [state('COMPLETING', TICKETS), state('COMPENSATING', 0)]) {
    let current = before;
    const delays = [retryDelay(definition, current)];
    const results: string[] = [];
    for (let attempt = 2; attempt <= 9; attempt++) {
      const decision = decide(definition, current, { type: 'overdue' });
      assert.ok(decision.command);
      assert.equal(isStuck(definition, decision.state), attempt >= 3);
      results.push(...decision.log.map(({ result }) => result));
      current = decision.state;
      delays.push(retryDelay(definition, current));
    }
    assert.deepEqual(delays.slice(0, 4), [10_000, 20_000, 40_000, 80_000]);
    assert.equal(delays.at(-1), 600_000);
    assert.equal(results.filter((result) => result === 'stuck').length, 1);
  }
});

test('stale and duplicate replies change nothing', () => {
  for (const result of ['succeeded', 'refused', 'undone', 'failed'] as const) {
    for (const status of ['RUNNING', 'COMPLETING', 'COMPENSATING', 'CONFIRMED', 'REJECTED'] as const) {
      const before = state(status, 1);
      const decision = decide(definition, before, { type: 'reply', commandId: 'earlier', result });
      assert.deepEqual(decision.state, before);
      assert.equal(decision.command, undefined);
      assert.ok(decision.ignored);
    }
  }
});

test('an operator sends again, skips what is stuck, and aborts before the pivot', () => {
  const stuck = { ...state('COMPLETING', TICKETS), attempts: 7 };
  const again = decide(definition, stuck, { type: 'retry' });
  assert.equal(sent(again), 'SendTickets');
  assert.equal(isStuck(definition, again.state), false);
  assert.equal(decide(definition, stuck, { type: 'skip' }).state.status, 'CONFIRMED');
  assert.equal(decide(definition, state('COMPENSATING', 0), { type: 'skip' }).state.status, 'REJECTED');
  assert.match(decide(definition, state('RUNNING', 1), { type: 'skip' }).ignored ?? '', /may still answer/);
  const aborted = decide(definition, state('RUNNING', 1), { type: 'abort' });
  assert.equal(sent(aborted), 'CancelCar');
  assert.equal(aborted.state.reason, 'aborted');
});

test('without a pivot the success of the last step is the point of no return', () => {
  const table = trip([hotel, car]);
  const { state } = play(table, [reply('succeeded'), reply('succeeded')]);
  assert.equal(state.status, 'CONFIRMED');
});
