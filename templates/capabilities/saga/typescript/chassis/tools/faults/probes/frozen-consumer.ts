import { post } from '../mail.ts';
import type { Storm } from '../storm.ts';
import { subject } from '../subject.ts';
import type { Victim } from '../victim.ts';
import { Broken, type Probe } from './probe.ts';
import { withoutTwo } from './relays.ts';
import {
  arrange,
  calm,
  commandFor,
  eligible,
  expectSoon,
  holdingMessage,
  statusOf,
  whoWaits,
} from './scene.ts';
import { saidTwice } from './twice.ts';

const NEIGHBOURS = 30;
/** What a broker has handed to one that stands still it hands to another within 21 s. */
const NEIGHBOURS_MS = 25_000;
/** Above the server's limit for a transaction that stands still, the lease of a message, and what follows from both. */
const LIMIT_MS = 45_000;

/** A consumer stands still with a message in its hands, and for good: another one must go on, without it. */
export const frozenConsumer: Probe = {
  name: 'frozen-consumer',
  proves:
    'a consumer that stands still holds up no other message and not for long its own, and doubles nothing when it goes on',
  without: withoutTwo,
  run: async (storm) => {
    const { customers, system, random } = storm;
    const mark = `frozen-${random.below(1e9)}`;
    const asked = Array.from({ length: NEIGHBOURS + 1 }, (_, number) => ({
      key: `${mark}.${number}`,
      request: eligible(storm),
    }));
    const [own, ...neighbours] = asked.map(({ key, request }) => commandFor(key, request));
    if (!own) throw new Error('There is nothing to ask for.');
    const frozen = await freezeWith(storm, own);
    try {
      for (const { key: id, request } of asked) customers.expect({ id, request, expected: 'either' });
      // What it has to send itself may be in the hands of its relay.
      await post(system.db(subject.saga.steps[0]?.service ?? ''), neighbours);
      await expectHandled(storm, neighbours, NEIGHBOURS_MS);
      await expectHandled(storm, [own], LIMIT_MS);
    } finally {
      frozen.thaw();
    }
    await system.ready();
    await calm(storm);
    for (const { key } of asked) {
      const found = await saidTwice(storm, key);
      if (found !== undefined) throw new Broken(`${found}, of ${key}`);
    }
  },
};

/** @returns the instance that stands still in the middle of this message */
function freezeWith(storm: Storm, message: ReturnType<typeof commandFor>): Promise<Victim> {
  const { initiator: service } = subject;
  return holdingMessage(storm, { service, id: message.id }, async (held) => {
    await post(storm.system.db(service), [message]);
    await arrange(storm, held.isWaitedFor, `${service} handles ${message.type}`);
    const victim = await whoWaits(storm, held);
    victim.freeze();
    storm.journal.note({ target: victim.label, kind: 'frozen' });
    return victim;
  });
}

async function expectHandled(
  storm: Storm,
  messages: readonly { readonly key: string }[],
  limitMs: number,
): Promise<void> {
  const isHandled = async () => {
    for (const { key } of messages) if ((await statusOf(storm, key)) === undefined) return false;
    return true;
  };
  await expectSoon(storm, isHandled, { limitMs, what: `${messages.length} messages are handled` });
}
