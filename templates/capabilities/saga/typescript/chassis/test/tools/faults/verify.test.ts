// The rules by which the fault test judges a run, on made-up ones: a sound run breaks none, and each way in which a
// system can be wrong breaks its rule, and no other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subject } from '../../../tools/faults/subject.ts';
import { verify } from '../../../tools/faults/verify.ts';
import { confirm, event, forget, last, pivot, reject, rewrite, soundWorld, type World } from './world.ts';

const { noun, confirmed, rejected } = subject;

interface Wrong {
  readonly what: string;
  happens(world: World): void;
}

const rules: Readonly<Record<string, readonly Wrong[]>> = {
  [`every accepted request is one ${noun}`]: [
    {
      what: 'one is lost',
      happens: (world) => {
        forget(world, 'chance-0');
        world.told.set('chance-0', new Error('not found'));
      },
    },
    {
      what: 'one id is the answer to two requests',
      happens: (world) => {
        forget(world, 'chance-1');
        caseOf(world, 'chance-1').id = 'chance-0';
      },
    },
    {
      what: 'a request was never answered',
      happens: (world) => {
        forget(world, 'chance-0');
        const one = caseOf(world, 'chance-0');
        delete one.id;
        one.problem = 'was not taken';
      },
    },
    {
      what: 'one key was answered with two ids',
      happens: (world) => {
        caseOf(world, 'chance-0').problem = 'is two under one key';
      },
    },
  ],
  [`every ${noun} has ended as it may`]: [
    {
      what: 'one has not ended',
      happens: (world) => {
        forget(world, 'chance-0');
        world.told.set('chance-0', { status: 'RUNNING' });
        world.sagas.set('chance-0', 'RUNNING');
        rewrite(world, { keeper: 'first', key: 'chance-0' }, () => [
          { key: 'chance-0', step: 'hold', state: 'done' },
        ]);
      },
    },
    { what: 'one that is to be refused is confirmed', happens: (world) => confirm(world, 'refused') },
    {
      what: 'one that may end either way and is to be refused is confirmed',
      happens: (world) => {
        world.cases.push({ ...caseOf(world, 'refused'), id: 'doubtful', expected: 'either' });
        confirm(world, 'doubtful');
      },
    },
    { what: 'one that must be given up is confirmed', happens: (world) => confirm(world, 'late') },
    {
      what: 'one that must be confirmed is given up in time',
      happens: (world) => reject(world, 'calm', 'deadline'),
    },
    {
      what: 'one that nothing stood against is rejected without a reason',
      happens: (world) => reject(world, 'chance-0', undefined),
    },
    {
      what: 'one is rejected for a reason that nobody has given',
      happens: (world) => reject(world, 'chance-0', 'failed'),
    },
    {
      what: 'one is rejected for the reason of another',
      happens: (world) => reject(world, 'chance-0', 'impossible'),
    },
    {
      what: 'one is confirmed and its saga is not',
      happens: ({ sagas }) => sagas.set('chance-0', 'COMPENSATING'),
    },
    { what: 'one has no saga', happens: ({ sagas }) => sagas.delete('chance-0') },
  ],
  'what could be done was done': [
    {
      what: 'everything is rejected',
      happens: (world) => {
        for (const { id = '' } of world.byChance) reject(world, id, 'deadline');
      },
    },
    {
      what: 'more than a fifth is rejected, and others that did not come by chance are confirmed',
      happens: (world) => {
        for (const n of [0, 1, 2]) reject(world, `chance-${n}`, 'deadline');
        const calm = Array.from({ length: 90 }, (_, n) => ({ ...caseOf(world, 'calm'), id: `calm-${n}` }));
        world.cases.push(...calm);
        for (const { id } of calm) confirm(world, id);
      },
    },
  ],
  'confirmed: its pivot has succeeded. Rejected: it had not': [
    {
      what: 'one is undone after its pivot',
      happens: (world) => tell(world, 'late', [pivot('succeeded'), last('rejected')]),
    },
    {
      what: 'one is confirmed without its pivot',
      happens: (world) => tell(world, 'calm', [last('confirmed')]),
    },
  ],
  'confirmed: all is done. Rejected: nothing is left': [
    {
      what: 'one that was rejected is held for ever',
      happens: (world) =>
        rewrite(world, { keeper: 'first', key: 'late' }, () => [
          { key: 'late', step: 'hold', state: 'open' },
        ]),
    },
    {
      what: 'one that was rejected is taken all the same',
      happens: (world) =>
        rewrite(world, { keeper: 'second', key: 'late' }, () => [
          { key: 'late', step: 'take', state: 'done' },
        ]),
    },
    {
      what: 'one that was confirmed is undone',
      happens: (world) =>
        rewrite(world, { keeper: 'second', key: 'calm' }, (entries) =>
          entries.map((entry) => ({ ...entry, state: 'undone' })),
        ),
    },
    {
      what: 'a participant has done nothing',
      happens: (world) => rewrite(world, { keeper: 'second', key: 'calm' }, () => []),
    },
    {
      what: 'one step of several is missing',
      happens: (world) =>
        rewrite(world, { keeper: 'first', key: 'calm' }, (entries) =>
          entries.filter(({ step }) => step !== 'keep'),
        ),
    },
    {
      what: 'a step was done twice',
      happens: (world) =>
        rewrite(world, { keeper: 'second', key: 'calm' }, (entries) => [...entries, ...entries]),
    },
    {
      what: 'what was done twice for one and never for another gives the right sum',
      happens: (world) => {
        rewrite(world, { keeper: 'second', key: 'chance-0' }, (entries) => [...entries, ...entries]);
        rewrite(world, { keeper: 'second', key: 'chance-1' }, () => []);
      },
    },
    {
      what: 'something was done that is no step',
      happens: (world) =>
        rewrite(world, { keeper: 'second', key: 'calm' }, (entries) => [
          ...entries,
          { key: 'calm', step: 'give', state: 'done' },
        ]),
    },
    {
      what: 'what was done for two is right together only',
      happens: (world) => {
        for (const [key, size] of [['chance-0', 2] as const, ['chance-1', 4] as const])
          rewrite(world, { keeper: 'second', key }, (entries) =>
            entries.map((entry) => ({ ...entry, facts: { size } })),
          );
      },
    },
    {
      what: 'nobody has noted what was asked for',
      happens: (world) => {
        for (const { keeper } of world.ledgers)
          rewrite(world, { keeper, key: 'calm' }, (entries) =>
            entries.map(({ key, step, state }) => ({ key, step, state })),
          );
      },
    },
  ],
  'the books of every service add up': [
    { what: 'a sum is wrong', happens: ({ ledgers }) => ledgers[0]?.wrong.push('one is too many') },
  ],
  'exactly one event told of every end': [
    {
      what: 'an end was never told',
      happens: ({ said, heard }) => {
        said.delete('calm');
        heard.delete('calm');
      },
    },
    { what: 'an end came to nobody', happens: ({ heard }) => heard.delete('calm') },
    {
      what: 'the other end was told',
      happens: ({ said }) => said.set('calm', [event(rejected, 2)]),
    },
    {
      what: 'both ends were told',
      happens: ({ heard }) => heard.set('calm', [event(confirmed, 2), event(rejected, 3)]),
    },
    {
      what: 'the end was told as two',
      happens: ({ said }) => said.set('calm', [event(confirmed, 2), event(confirmed, 3)]),
    },
  ],
  'a message has its effect once': [
    {
      what: 'one message was answered twice',
      happens: ({ effects }) =>
        effects.push({ service: 'second', type: 'Taken', key: 'calm', cause: 'message-2', count: 2 }),
    },
  ],
  'nothing waits to be sent, nothing is parked': [
    {
      what: 'a message was not sent',
      happens: ({ outboxes }) => outboxes[0]?.unsent.push({ seq: '1', type: 'Held', reason: null }),
    },
    {
      what: 'a message is parked',
      happens: ({ outboxes }) => outboxes[0]?.unsent.push({ seq: '1', type: 'Held', reason: 'OVERSIZE' }),
    },
  ],
  [`there is no ${noun} that nobody asked for`]: [
    { what: 'there is one more saga', happens: ({ sagas }) => sagas.set('stranger', 'CONFIRMED') },
    {
      what: 'something was done for nobody',
      happens: (world) =>
        rewrite(world, { keeper: 'second', key: 'stranger' }, () => [
          { key: 'stranger', step: 'take', state: 'done' },
        ]),
    },
    {
      what: 'something is held for nobody',
      happens: (world) =>
        rewrite(world, { keeper: 'first', key: 'stranger' }, () => [
          { key: 'stranger', step: 'hold', state: 'open' },
        ]),
    },
    { what: 'an end was told of nobody', happens: ({ said }) => said.set('stranger', [event(confirmed, 2)]) },
    {
      what: 'an end of nobody was heard',
      happens: ({ heard }) => heard.set('stranger', [event(rejected, 2)]),
    },
  ],
  'dead letters are the poison and nothing else': [
    {
      what: 'an innocent message is a dead letter',
      happens: ({ deadLetters }) =>
        deadLetters.push({ id: 'message-1', type: 'Held', channel: 'somewhere', reason: 'failed' }),
    },
    { what: 'a message that nobody can read is gone', happens: ({ deadLetters }) => void deadLetters.pop() },
    {
      what: 'as many are dead letters as should be, and one is another',
      happens: ({ deadLetters }) =>
        deadLetters.splice(0, 1, { id: 'message-1', type: 'Held', channel: 'somewhere', reason: 'failed' }),
    },
  ],
};

test('a sound run breaks no rule, and there are wrong ones for every rule', () => {
  const { rules: judged, ...counts } = verify(soundWorld());
  assert.deepEqual(broken(judged), []);
  assert.deepEqual(judged.map(({ name }) => name).sort(), Object.keys(rules).sort());
  assert.deepEqual(counts, { confirmed: 11, rejected: 2, share: { eligible: 10, confirmed: 10 } });
});

test('what came by chance may be late, a fifth of it', () => {
  const world = soundWorld();
  for (const n of [0, 1]) reject(world, `chance-${n}`, 'deadline');
  assert.deepEqual(broken(verify(world).rules), []);
});

test('what has left nothing behind may be unknown', () => {
  const world = soundWorld();
  rewrite(world, { keeper: 'first', key: 'stranger' }, () => [
    { key: 'stranger', step: 'hold', state: 'undone' },
  ]);
  assert.deepEqual(broken(verify(world).rules), []);
});

test('what was taken without an answer is not called unknown', () => {
  const world = soundWorld();
  const one = caseOf(world, 'chance-0');
  delete one.id;
  one.problem = 'was not taken';
  assert.deepEqual(broken(verify(world).rules), [`every accepted request is one ${noun}`]);
});

for (const [rule, wrongs] of Object.entries(rules)) {
  for (const { what, happens } of wrongs) {
    test(`${what}: that breaks the rule "${rule}"`, () => {
      const world = soundWorld();
      happens(world);
      assert.deepEqual(broken(verify(world).rules), [rule]);
    });
  }
}

function broken(judged: ReturnType<typeof verify>['rules']): string[] {
  return judged.filter((rule) => rule.broken.length > 0).map(({ name }) => name);
}

function caseOf({ cases }: World, wanted: string) {
  const one = cases.find(({ id }) => id === wanted);
  if (!one) throw new Error(`There is no case ${wanted}.`);
  return one;
}

function tell({ told }: World, key: string, history: readonly ReturnType<typeof last>[]): void {
  const known = told.get(key);
  if (!known || known instanceof Error) throw new Error(`Nothing is told of ${key}.`);
  told.set(key, { ...known, history });
}
