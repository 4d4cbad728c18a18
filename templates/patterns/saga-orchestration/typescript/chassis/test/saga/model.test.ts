import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide } from '../../src/saga/index.ts';
import { car, finalFlight, flight, hotel, tickets, trip } from './trip.ts';
import { correct, explore, type Subject } from './world.ts';

const tables = {
  'two steps, pivot, one after it': trip([hotel, car, flight, tickets]),
  'pivot without undo': trip([hotel, finalFlight, tickets]),
  'no pivot': trip([hotel, car]),
};

for (const [name, table] of Object.entries(tables)) {
  test(`every interleaving keeps the rules: ${name}`, (t) => {
    const { states, ends } = explore(table);
    t.diagnostic(`${states} states`);
    assert.deepEqual([...ends].sort(), ['CONFIRMED', 'REJECTED']);
  });
}

const bugs: Record<string, { subject: Subject; found: RegExp }> = {
  'undo leaves no tombstone': {
    subject: {
      ...correct,
      undo: (state) => (state === 'NONE' ? { state, effect: 0, result: 'undone' } : correct.undo(state)),
    },
    found: /rejected, but a step is not undone/,
  },
  'undo takes back twice': {
    subject: {
      ...correct,
      undo: (state) => (state === 'UNDONE' ? { state, effect: -1, result: 'undone' } : correct.undo(state)),
    },
    found: /undone twice/,
  },
  'a deadline after the pivot compensates': {
    subject: {
      ...correct,
      decide: (definition, state, event) =>
        event.type === 'deadline' && state.status === 'COMPLETING'
          ? decide(definition, { ...state, step: definition.pivot, status: 'RUNNING' }, event)
          : decide(definition, state, event),
    },
    found: /turned back after the pivot/,
  },
  'a stale reply is accepted': {
    subject: {
      ...correct,
      decide: (definition, state, event) =>
        decide(definition, state, event.type === 'reply' ? { ...event, commandId: 'last' } : event),
    },
    found: /confirmed, but a step is not done|rejected, but a step is not undone/,
  },
  'a repeated command acts again': {
    subject: {
      ...correct,
      perform: (state, accepts) =>
        state === 'HELD' ? { state, effect: 1, result: 'succeeded' } : correct.perform(state, accepts),
    },
    found: /happened twice/,
  },
  'an unanswered step is not undone': {
    subject: {
      ...correct,
      decide: (definition, state, event) =>
        event.type === 'deadline' && state.status === 'RUNNING' && state.step > 0
          ? decide(definition, state, { type: 'reply', commandId: 'last', result: 'refused' })
          : decide(definition, state, event),
    },
    found: /rejected, but a step is not undone/,
  },
};

for (const [name, { subject, found }] of Object.entries(bugs)) {
  test(`the model finds a planted bug: ${name}`, () => {
    assert.throws(() => explore(trip(), subject), { message: found });
  });
}
