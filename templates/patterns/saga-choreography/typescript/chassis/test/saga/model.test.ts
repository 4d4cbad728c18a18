// Everything that can happen to a saga is tried: each step succeeds, is refused or never answers; each event comes late,
// in any order, any number of times or not at all; services crash, deadlines and operators strike at any moment. Whatever
// happens, the rules hold (model/rules.ts). That the search would find a bug is shown by planting some.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide } from '../../src/saga/index.ts';
import { ENDS, explore } from './model/explore.ts';
import { follow } from './model/follow.ts';
import { guardBugs } from './model/guard-bugs.ts';
import { correct, modelOf, type Subject } from './model/world.ts';
import { car, finalFlight, flight, hotel, insurance, tickets, trip } from './trip.ts';

const tables = {
  'two steps, the pivot, one after it': trip([hotel, car, flight, tickets]),
  'one step, a pivot without undo, two after it': trip([hotel, finalFlight, tickets, insurance]),
  'the pivot first': trip([flight, tickets]),
  'no pivot': trip([hotel, car]),
};

for (const [name, table] of Object.entries(tables)) {
  test(`the rules hold whatever happens: ${name}`, (t) => {
    const { states, moves, ends, violation } = explore(modelOf(table));
    t.diagnostic(`${states.toLocaleString('en')} states, ${moves.toLocaleString('en')} moves`);
    assert.equal(violation, undefined);
    assert.deepEqual(ends, ['CONFIRMED', 'REJECTED']);
  });
}

interface Bug {
  readonly plant: Partial<Subject>;
  readonly breaks: string;
  readonly table?: ReturnType<typeof trip>;
}

const bugs: Record<string, Bug> = {
  ...guardBugs,
  'a step that is told again does not answer again': {
    plant: {
      *follow(followed, state, context) {
        for (const { state: next, tells } of follow(followed, state, context))
          yield state.row === 'HELD' && next.row === 'HELD' ? { state: next } : { state: next, tells };
      },
    },
    breaks: ENDS,
  },
  'an event that comes before the others is forgotten': {
    plant: {
      *follow(followed, state, context) {
        for (const reaction of follow(followed, state, context))
          yield { ...reaction, state: { ...reaction.state, noted: [] } };
      },
    },
    breaks: ENDS,
    table: trip([hotel, finalFlight, tickets]),
  },
  'the deadline still strikes after the pivot': {
    plant: {
      decide: (definition, state, event) =>
        event.type === 'deadline' && state.status === 'COMPLETING'
          ? decide(definition, { ...state, status: 'RUNNING' }, event)
          : decide(definition, state, event),
    },
    breaks: 'the saga ends once',
  },
  'a late success counts although the saga has turned back': {
    plant: {
      decide: (definition, state, event) =>
        event.type === 'heard' && event.message === 'FlightBooked' && state.status === 'COMPENSATING'
          ? decide(definition, { ...state, status: 'RUNNING' }, event)
          : decide(definition, state, event),
    },
    breaks: 'the saga ends once',
  },
  'the first that has undone its step ends the saga': {
    plant: {
      decide: (definition, state, event) =>
        event.type === 'heard' && event.message === 'FlightCancelled' && state.status === 'COMPENSATING'
          ? decide(definition, state, { type: 'skip' })
          : decide(definition, state, event),
    },
    breaks: 'a rejected saga has done no step, and does none later',
  },
  'a pivot without undo is given up at the deadline': {
    plant: {
      decide: (definition, state, event) =>
        event.type === 'deadline' && state.status === 'RUNNING'
          ? decide(definition, state, { type: 'heard', message: 'HotelRefused' })
          : decide(definition, state, event),
    },
    breaks: 'a pivot without undo is not given up once it is done',
    table: trip([hotel, finalFlight, tickets]),
  },
  'what stays unanswered is not told again': {
    plant: {
      decide: (definition, state, event) =>
        event.type === 'overdue' ? { state, log: [], ignored: 'never' } : decide(definition, state, event),
    },
    breaks: ENDS,
  },
  'a step after the pivot follows the pivot instead of the confirmation': {
    plant: {
      needs: (definition, index) =>
        index > definition.pivot ? ['FlightBooked'] : correct.needs(definition, index),
    },
    breaks: ENDS,
  },
  'a step does not wait for the one before it': {
    plant: { needs: ({ started }) => [started.type] },
    breaks: 'a step waits for the one before it',
  },
};

for (const [name, { plant, breaks, table = trip([hotel, flight, tickets]) }] of Object.entries(bugs)) {
  test(`a planted bug is found: ${name}`, (t) => {
    const { violation } = explore(modelOf(table, { ...correct, ...plant }));
    assert.equal(violation?.rule, breaks);
    t.diagnostic(`"${breaks}" is broken by: ${violation?.way.join('; ') || 'time alone'}`);
  });
}
