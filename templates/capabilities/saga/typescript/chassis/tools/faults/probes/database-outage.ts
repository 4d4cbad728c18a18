import { setTimeout as sleep } from 'node:timers/promises';
import { post } from '../mail.ts';
import { subject } from '../subject.ts';
import { listAllDeadLetters } from '../witness.ts';
import { Broken, type Probe } from './probe.ts';
import { arrange, commandFor, eligible, expectSoon, instancesOf } from './scene.ts';

const MESSAGES = 1_000;
/** Each is asked for so often: what comes of them takes longer than the messages, and is not what this is about. */
const TIMES = 10;
const OUTAGE_MS = 30_000;
const LIMIT_MS = 120_000;

/** Messages wait, and the database of their consumer is gone: they are not to blame. */
export const databaseOutage: Probe = {
  name: 'database-outage',
  proves: 'an outage of the database costs no message an attempt: all are handled after it',
  run: async (storm) => {
    const { system, random, journal, customers, witness } = storm;
    const { initiator, saga } = subject;
    const sender = system.db(saga.steps[0]?.service ?? '');
    const mark = `outage-${random.below(1e9)}`;
    const requests = Array.from({ length: MESSAGES / TIMES }, (_, number) => ({
      key: `${mark}.${number}`,
      request: eligible(storm),
    }));
    const consumers = instancesOf(storm, initiator);
    const before = (await listAllDeadLetters(witness.transport)).length;
    for (const consumer of consumers) consumer.freeze();
    try {
      await post(
        sender,
        Array.from({ length: TIMES }, (_, time) =>
          requests.map(({ key, request }) => ({ ...commandFor(key, request), id: `${key}.${time}` })),
        ).flat(),
      );
      const waiting = 'SELECT FROM outbox WHERE published_at IS NULL AND failed_at IS NULL LIMIT 1';
      await arrange(
        storm,
        async () => (await sender.query(waiting)).rowCount === 0,
        'the messages wait at the broker',
      );
      await system.postgres.kill();
    } finally {
      for (const consumer of consumers) consumer.thaw();
    }
    for (const { key: id, request } of requests) customers.expect({ id, request, expected: 'either' });
    journal.note({ target: 'postgres', kind: 'kept down' });
    await sleep(OUTAGE_MS, undefined, { signal: system.signal });
    await system.postgres.revive();
    const handled = 'SELECT FROM inbox WHERE starts_with(id, $1)';
    const isDone = async () => (await system.db(initiator).query(handled, [mark])).rowCount === MESSAGES;
    await expectSoon(storm, isDone, { limitMs: LIMIT_MS, what: `all ${MESSAGES} messages are handled` });
    const letters = (await listAllDeadLetters(witness.transport)).length - before;
    if (letters > 0) throw new Broken(`${letters} innocent messages became dead letters`);
  },
};
