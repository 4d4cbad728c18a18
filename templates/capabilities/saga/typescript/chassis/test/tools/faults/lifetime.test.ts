import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { customersOf } from '../../../tools/faults/customers.ts';
import { during, type Undo } from '../../../tools/faults/lifetime.ts';

/** Something that can be waited for and is brought about by hand. */
function event() {
  let bringAbout = () => {};
  const came = new Promise<void>((resolve) => {
    bringAbout = resolve;
  });
  return { came, bringAbout };
}

test('what is begun after the interrupt is ended all the same', async () => {
  const interrupt = new AbortController();
  const started = event();
  const done: string[] = [];
  const begin = async (undo: Undo) => {
    await started.came;
    done.push('started');
    undo.push(async () => done.push('stopped'));
  };
  const run = during(interrupt.signal, begin, async () => done.push('worked'));
  interrupt.abort(new Error('interrupted'));
  setImmediate(started.bringAbout);
  await assert.rejects(run, /^Error: interrupted$/);
  assert.deepEqual(done, ['started', 'stopped']);
});

test('work that is interrupted is let out of what it does at this moment before that is stopped', async () => {
  const interrupt = new AbortController();
  const [isAtIt, revived] = [event(), event()];
  const done: string[] = [];
  const work = async () => {
    isAtIt.bringAbout();
    await revived.came;
    done.push('revived');
    interrupt.signal.throwIfAborted();
  };
  const begin = async (undo: Undo) => {
    undo.push(async () => done.push('stopped'));
  };
  const run = during(interrupt.signal, begin, work);
  await isAtIt.came;
  interrupt.abort(new Error('interrupted'));
  setImmediate(revived.bringAbout);
  await assert.rejects(run, /^Error: interrupted$/);
  assert.deepEqual(done, ['revived', 'stopped']);
});

test('when the work has failed, nothing goes on waiting', async () => {
  let given: AbortSignal | undefined;
  const begin = async (_undo: Undo, signal: AbortSignal) => {
    given = signal;
  };
  const work = async () => {
    assert.equal(given?.aborted, false);
    throw new Error('failed');
  };
  await assert.rejects(during(new AbortController().signal, begin, work), /^Error: failed$/);
  assert.equal(given?.aborted, true);
});

test('many may wait for what ends the work', async (t) => {
  const warnings: Error[] = [];
  const warned = (warning: Error) => warnings.push(warning);
  process.on('warning', warned);
  t.after(() => process.off('warning', warned));
  const begin = async (_undo: Undo, signal: AbortSignal) => {
    for (let n = 0; n < 20; n++) signal.addEventListener('abort', () => {});
  };
  await during(new AbortController().signal, begin, () => turn());
  assert.deepEqual(warnings, []);
});

test('a request that is under way when the work fails, and that nobody waits for, ends in silence', async () => {
  const { place } = customersOf('http://127.0.0.1:9', AbortSignal.abort());
  void place({ request: { body: {} } as Parameters<typeof place>[0]['request'], expected: 'either' });
  // Nobody would hear of it before the next turn.
  await turn();
});

test('one that cannot be stopped keeps nobody from stopping the others, the last one first', async () => {
  const done: string[] = [];
  const begin = async (undo: Undo) => {
    undo.push(async () => done.push('first'));
    undo.push(async () => {
      throw new Error('stuck');
    });
    undo.push(async () => done.push('last'));
  };
  await assert.rejects(
    during(new AbortController().signal, begin, async () => {}),
    /^Error: stuck$/,
  );
  assert.deepEqual(done, ['last', 'first']);
});
