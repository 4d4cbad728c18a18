// Everything that can happen to a saga is tried: each step succeeds, is refused, fails or never answers; each message
// comes late, in any order, any number of times or not at all; services crash, deadlines and operators strike at any
// moment. Whatever happens, the rules hold (model/rules.ts). That the search would find a bug is shown by planting some.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide } from '../../src/saga/index.ts';
import { ENDS, explore } from './model/explore.ts';
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
  'the deadline still strikes after the pivot': {
    plant: {
      decide: (definition, state, event) =>
        event.type === 'deadline' && state.status === 'COMPLETING'
          ? decide(definition, { ...state, step: definition.pivot, status: 'RUNNING' }, event)
          : decide(definition, state, event),
    },
    breaks: 'past the pivot the saga only goes forward',
  },
  'a late success counts although the saga has turned back': {
    plant: {
      decide: (definition, state, event) =>
        event.type === 'reply' && event.result === 'succeeded' && state.status === 'COMPENSATING'
          ? decide(definition, { ...state, status: 'RUNNING', lastCommandId: event.commandId }, event)
          : decide(definition, state, event),
    },
    breaks: 'what was done last is undone first',
  },
  'an answer to an earlier command counts': {
    plant: {
      decide: (definition, state, event) =>
        decide(
          definition,
          state,
          event.type === 'reply' ? { ...event, commandId: state.lastCommandId ?? '' } : event,
        ),
    },
    breaks: 'past the pivot, all up to it are done',
  },
  'a step that has not answered in time is not undone': {
    plant: {
      decide: (definition, state, event) =>
        event.type === 'deadline' && state.status === 'RUNNING'
          ? decide(definition, state, {
              type: 'reply',
              commandId: state.lastCommandId ?? '',
              result: 'refused',
            })
          : decide(definition, state, event),
    },
    breaks: 'a rejected saga has done no step, and does none later',
  },
  'the first step is never undone': {
    plant: {
      decide: (definition, state, event) => {
        const decision = decide(definition, state, event);
        const { status, step } = decision.state;
        const isLast = status === 'COMPENSATING' && step === 0 && decision.command;
        return isLast ? decide(definition, decision.state, { type: 'skip' }) : decision;
      },
    },
    breaks: 'a rejected saga has done no step, and does none later',
  },
  'what was done first is undone first': {
    plant: {
      decide: (definition, state, event) => {
        const { command, ...decision } = decide(definition, state, event);
        const { status, step, data } = decision.state;
        if (!command || status !== 'COMPENSATING') return { ...decision, ...(command && { command }) };
        const turnedAt = Number(state.data.turnedAt ?? step);
        const undo = definition.steps[turnedAt - step]?.undo;
        const next = { ...decision.state, data: { ...data, turnedAt } };
        return { ...decision, state: next, command: undo?.(data) ?? command };
      },
    },
    breaks: 'what was done last is undone first',
  },
  'a pivot without undo is given up at the deadline': {
    plant: {
      decide: (definition, state, event) =>
        event.type === 'deadline' && state.status === 'RUNNING' && state.step === definition.pivot
          ? decide(definition, state, {
              type: 'reply',
              commandId: state.lastCommandId ?? '',
              result: 'refused',
            })
          : decide(definition, state, event),
    },
    breaks: 'a pivot without undo is not given up once it is done',
    table: trip([hotel, finalFlight, tickets]),
  },
  'what stays unanswered is not sent again': {
    plant: {
      decide: (definition, state, event) =>
        event.type === 'overdue' ? { state, log: [], ignored: 'never' } : decide(definition, state, event),
    },
    breaks: ENDS,
  },
};

for (const [name, { plant, breaks, table = trip() }] of Object.entries(bugs)) {
  test(`a planted bug is found: ${name}`, (t) => {
    const { violation } = explore(modelOf(table, { ...correct, ...plant }));
    assert.equal(violation?.rule, breaks);
    t.diagnostic(`"${breaks}" is broken by: ${violation?.way.join('; ') || 'time alone'}`);
  });
}
