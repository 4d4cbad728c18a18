import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide } from '../../src/saga/index.ts';
import { car, finalFlight, flight, hotel, tickets, trip } from './trip.ts';
import { correct, explore, type Subject } from './world.ts';

const tables = {
  'two steps, pivot, one after it': { table: trip(), losses: 0 },
  'one step, pivot, one after it, and an event is lost': {
    table: trip([hotel, flight, tickets]),
    losses: 1,
  },
  'pivot without undo, and events are lost': { table: trip([hotel, finalFlight, tickets]), losses: 2 },
  'no pivot, and an event is lost': { table: trip([hotel, car]), losses: 1 },
};

for (const [name, { table, losses }] of Object.entries(tables)) {
  test(`every interleaving keeps the rules: ${name}`, (t) => {
    const { states, ends } = explore(table, { losses });
    t.diagnostic(`${states} states`);
    assert.deepEqual([...ends].sort(), ['CONFIRMED', 'REJECTED']);
  });
}

const bugs: Record<string, { subject: Subject; found: RegExp; table?: ReturnType<typeof trip> }> = {
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
  'a repeated event acts again': {
    subject: {
      ...correct,
      perform: (state, accepts) =>
        state === 'HELD' ? { state, effect: 1, result: 'succeeded' } : correct.perform(state, accepts),
    },
    found: /happened twice/,
  },
  'a repeated event is not answered again': {
    subject: { ...correct, answersAgain: false },
    found: /no way leads to an end/,
  },
  'a deadline after the pivot rejects': {
    subject: {
      ...correct,
      decide: (definition, state, event) =>
        event.type === 'deadline' && state.status === 'COMPLETING'
          ? decide(definition, { ...state, status: 'RUNNING' }, event)
          : decide(definition, state, event),
    },
    found: /two ends were told/,
  },
  'the initiator confirms on a success that is late': {
    subject: {
      ...correct,
      decide: (definition, state, event) =>
        event.type === 'heard' && event.message === 'FlightBooked' && state.status === 'COMPENSATING'
          ? decide(definition, { ...state, status: 'RUNNING' }, event)
          : decide(definition, state, event),
    },
    found: /two ends were told/,
  },
  'the first that has undone its step ends the saga': {
    subject: {
      ...correct,
      decide: (definition, state, event) =>
        event.type === 'heard' && event.message === 'FlightCancelled' && state.status === 'COMPENSATING'
          ? decide(definition, state, { type: 'skip' })
          : decide(definition, state, event),
    },
    found: /rejected, but a step is not undone/,
  },
  'a step after the pivot follows the pivot instead of the confirmation': {
    subject: {
      ...correct,
      eventsBefore: (definition, index) =>
        index > definition.pivot ? ['FlightBooked'] : correct.eventsBefore(definition, index),
    },
    found: /rejected, but a step is not undone/,
  },
  'a step does not wait for the one before it': {
    subject: { ...correct, eventsBefore: (definition) => [definition.started.type] },
    found: /confirmed, but a step before that is not done/,
  },
  'a pivot without undo is rejected at the deadline': {
    subject: {
      ...correct,
      decide: (definition, state, event) =>
        event.type === 'deadline' && state.status === 'RUNNING'
          ? decide(definition, state, { type: 'heard', message: 'HotelRefused' })
          : decide(definition, state, event),
    },
    found: /compensates around a pivot that was done/,
    table: trip([hotel, finalFlight, tickets]),
  },
};

for (const [name, { subject, found, table = trip([hotel, flight, tickets]) }] of Object.entries(bugs)) {
  test(`the model finds a planted bug: ${name}`, () => {
    assert.throws(() => explore(table, { subject }), { message: found });
  });
}
