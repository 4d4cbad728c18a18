import { describe, expect, it } from 'vitest';
import { type CatalogIndex, indexOf } from '../../src/catalog/catalog.ts';
import { back, type Prompter } from '../../src/cli/prompter.ts';
import { type Answers, askAll } from '../../src/cli/questions.ts';
import { UserError } from '../../src/errors.ts';
import { makePlan } from '../../src/plan/make.ts';
import { choicesOf, offeredGroups } from '../../src/spec/groups.ts';
import { settleSpec } from '../../src/spec/settle.ts';
import type { Spec } from '../../src/spec/spec.ts';
import { fixture, shipped } from '../catalogs.ts';
import { catalog, version } from './command.ts';

type Answer = string | typeof back;

interface Asked {
  readonly message: string;
  readonly standard: string;
  readonly options?: readonly string[];
}

/** A choice and what is shown below it. */
interface Described {
  readonly value: string;
  readonly description: readonly string[];
}

/** Gives the answers in turn, then the default to every question; tells what was asked. */
async function interview(
  script: readonly Answer[],
  { start = {}, index = catalog }: { start?: Answers['input']; index?: CatalogIndex } = {},
) {
  const asked: Asked[] = [];
  const described: Described[] = [];
  const left = [...script];
  const next = (standard: string) => left.shift() ?? standard;
  const prompter: Prompter = {
    async text({ message, standard, problem }) {
      asked.push({ message, standard });
      const answer = next(standard);
      if (answer === back) return answer;
      const reason = problem(answer);
      if (reason) throw new Error(`${message} ${reason}`);
      return answer;
    },
    async select({ message, standard, options }) {
      asked.push({ message, standard, options: options.map(({ value }) => value) });
      described.push(...options.map(({ value, description }) => ({ value, description })));
      return next(standard);
    },
  };
  const take = (directory: string, { input }: Answers): Answers => {
    if (directory === 'taken') throw new UserError(5, 'There is something');
    return { directory, input: { ...input, name: directory } };
  };
  const check = (spec: Spec) => void makePlan(spec, { catalog: fixture, toolVersion: version });
  const asking = { catalog: index, prompter, take, check };
  const answers = await askAll({ directory: undefined, input: start }, asking);
  return { asked, described, answers, spec: settleSpec(answers.input, index) };
}

const messages = {
  name: 'What is the system called?',
  services: 'Which services does it have?',
  broker: 'What carries messages between services?',
  saga: 'How is work that spans services kept consistent?',
  steps: 'Its steps, as service.action/compensation?',
  sagaName: 'What does the saga do, as verb-noun?',
  initiator: 'Which service starts it?',
  breaker: 'Stop calling a service that keeps failing?',
};

describe('the questions', () => {
  it('come in this order, and their defaults give the default system', async () => {
    const { asked, spec } = await interview([]);
    expect(asked).toEqual([
      { message: messages.name, standard: 'my-app' },
      { message: messages.services, standard: 'user, order, inventory, payment' },
      { message: messages.broker, standard: 'rabbitmq', options: ['rabbitmq', 'none'] },
      { message: messages.saga, standard: 'orchestration', options: ['orchestration', 'none'] },
      { message: messages.breaker, standard: 'circuit-breaker', options: ['circuit-breaker', 'none'] },
    ]);
    expect(spec).toEqual(settleSpec({}, catalog));
  });

  it('say in one line each when to use a choice, and what it costs', async () => {
    const index = indexOf(shipped);
    const { described } = await interview([], { index });
    const wanted = offeredGroups(index).flatMap((group) => choicesOf(group, index));
    expect(described).toEqual(
      wanted.map(({ value, when, cost }) => ({ value, description: [`When: ${when}.`, `Cost: ${cost}.`] })),
    );
    for (const line of described.flatMap(({ description }) => description)) {
      expect(line).toMatch(/^(?:When|Cost): \S.{8,100}\S\.$/);
    }
  });

  it('leave out what flags have said', async () => {
    const start = { broker: 'rabbitmq', services: { user: {} }, circuitBreaker: false as const };
    const { asked } = await interview([], { start });
    expect(asked.map(({ message }) => message)).toEqual([messages.name, messages.saga]);
  });

  it('leave out what the choices before rule out', async () => {
    const { asked, spec } = await interview(['shop', 'user, order, inventory, payment', 'none']);
    expect(asked.map(({ message }) => message)).toEqual([
      messages.name,
      messages.services,
      messages.broker,
      messages.breaker,
    ]);
    expect(spec.saga).toBeNull();
  });

  it('ask for what a choice needs, with an answer that works', async () => {
    const { asked, spec } = await interview(['trip', 'trip hotel flight', 'rabbitmq', 'orchestration']);
    expect(asked.slice(3, 6)).toEqual([
      { message: messages.saga, standard: 'none', options: ['orchestration', 'none'] },
      { message: messages.steps, standard: 'hotel.reserve/cancel, flight.reserve/cancel' },
      { message: messages.sagaName, standard: 'place-trip' },
    ]);
    expect(spec.saga).toMatchObject({ name: 'place-trip', initiator: 'trip' });
  });

  it('ask who starts a saga that has every service in its steps', async () => {
    const steps = 'trip.plan/drop, hotel.reserve/cancel';
    const script = ['travel', 'trip hotel', 'rabbitmq', 'orchestration', steps, 'book-trip', 'desk'];
    const { asked, spec } = await interview(script);
    expect(asked.map(({ message }) => message)).toContain(messages.initiator);
    expect(spec.saga).toMatchObject({ name: 'book-trip', initiator: 'desk' });
    await expect(interview([...script.slice(0, -1), 'trip'])).rejects.toThrow('"trip" is in a step');
  });

  it('refuse names that clash where they are given', async () => {
    const clash = `${messages.services} "boxe" gives the channel "boxes", as "box" does`;
    await expect(interview(['shop', 'box boxe'])).rejects.toThrow(clash);
  });

  it('come again after Esc with what was answered, as long as that still fits', async () => {
    const first: Answer[] = ['shop', 'trip hotel', 'rabbitmq', 'orchestration', 'hotel.book/cancel'];
    const again: Answer[] = [back, back, back, back, 'trip car', 'rabbitmq', 'orchestration'];
    const { asked } = await interview([...first, ...again]);
    const defaults = (wanted: string) =>
      asked.filter(({ message }) => message === wanted).map(({ standard }) => standard);
    expect(defaults(messages.services)).toEqual(['user, order, inventory, payment', 'trip hotel']);
    expect(defaults(messages.steps)).toEqual([
      'hotel.reserve/cancel',
      'hotel.book/cancel',
      'car.reserve/cancel',
    ]);
  });

  it('go back with Esc, and take another answer', async () => {
    const { asked, spec } = await interview([
      'one',
      'user',
      back,
      back,
      'two',
      'user',
      'none',
      back,
      'rabbitmq',
    ]);
    expect(asked.map(({ message }) => message)).toEqual([
      messages.name,
      messages.services,
      messages.broker,
      messages.services,
      messages.name,
      messages.services,
      messages.broker,
      messages.breaker,
      messages.broker,
      messages.saga,
      messages.breaker,
    ]);
    expect(spec).toMatchObject({ name: 'two', broker: 'rabbitmq' });
  });

  it('stay at the first one when there is none before', async () => {
    const { asked } = await interview([back, back, 'shop']);
    expect(asked.slice(0, 3).map(({ message }) => message)).toEqual([
      messages.name,
      messages.name,
      messages.name,
    ]);
  });

  it.each([
    ['a name that cannot stand', ['Shop!'], 'What is the system called? "Shop!" must be'],
    ['a folder that is taken', ['taken'], 'There is something'],
    ['a service that cannot stand', ['shop', 'user, class'], '"class" is a reserved name'],
    ['no service', ['shop', ' , '], 'It needs at least one service'],
    ['a step that is none', ['shop', 'city, b', 'rabbitmq', 'orchestration', 'b:go'], '"b:go" is not a step'],
  ])('refuse %s at once', async (_what, script, sentence) => {
    await expect(interview(script)).rejects.toThrow(sentence);
  });

  it('offer a new folder of a group without a change here', async () => {
    const kafka = { ...catalog.patterns.find(({ id }) => id === 'rabbitmq'), id: 'kafka', title: 'Kafka' };
    const index = { ...catalog, patterns: [...catalog.patterns, kafka] } as CatalogIndex;
    const { asked } = await interview([], { index });
    expect(asked[2]?.options).toEqual(['rabbitmq', 'kafka', 'none']);
  });
});
