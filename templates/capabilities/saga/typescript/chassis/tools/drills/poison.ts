import { poison as putPoison } from '../faults/mail.ts';
import { random } from '../faults/random.ts';
import { subject } from '../faults/subject.ts';
import { listAllDeadLetters } from '../faults/witness.ts';
import { CALM_MS, type Drill, FOLLOWS_MS } from './drill.ts';
import { figuresOf } from './figures.ts';

const MESSAGES = 8;
const APART_MS = 1_000;

/** Messages that nobody can read, among those that everybody can. */
export const poison: Drill = {
  name: 'poison',
  title: `${MESSAGES} messages that nobody can read come among ${subject.plural}`,
  columns: ['UNSENT', 'OPEN', 'DEAD'],
  lookFor: [
    'DEAD goes up by one with each of them: it is put aside with the reason.',
    `FAIL stays 0 and OPEN does not pile up: the ${subject.plural} around it go on.`,
    'What to do next, in a system of yours: npm run dead-letters -- list, then replay or drop.',
  ],
  run: async ({ system, load, sampler, witness, mark, pause, until }) => {
    await pause(CALM_MS);
    const chance = random(1);
    const ids: string[] = [];
    for (let number = 1; number <= MESSAGES; number++) {
      const id = await putPoison(system.db(subject.initiator), { number, random: chance });
      ids.push(id);
      mark(`${id} is sent`);
      await pause(APART_MS);
    }
    const aside = async () => ((await sampler.look()).deadLetters ?? 0) >= MESSAGES;
    await until(aside, FOLLOWS_MS);
    await pause(CALM_MS);
    const letters = await listAllDeadLetters(witness.transport);
    const strangers = letters.filter(({ id }) => !ids.includes(id));
    const found = ids.filter((id) => letters.some((letter) => letter.id === id));
    const { ok, failed } = figuresOf(load.attempts);
    return [
      {
        good: found.length === MESSAGES,
        text: `${found.length} of ${MESSAGES} are dead letters, such as ${letters[0]?.id}: ${letters[0]?.reason}`,
      },
      { good: strangers.length === 0, text: `${strangers.length} other messages are` },
      { good: failed === 0, text: `${ok} requests were taken, ${failed} were not` },
    ];
  },
};
