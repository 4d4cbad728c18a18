import { describe, expect, test } from 'vitest';
import { indexOf } from '../../src/catalog/catalog.ts';
import { SpecError, type SpecInput } from '../../src/spec/input.ts';
import { settleSpec } from '../../src/spec/settle.ts';
import { fixture } from '../catalogs.ts';

const index = indexOf(fixture);
const settle = (input: SpecInput) => settleSpec(input, index);

describe('defaults', () => {
  test('nothing said is the shop', () => {
    const spec = settle({});
    expect(Object.keys(spec.services)).toEqual(['user', 'order', 'inventory', 'payment']);
    expect(spec.services.order?.calls).toEqual(['user']);
    expect([spec.sync, spec.broker, spec.discovery]).toEqual(['rest', 'rabbitmq', 'none']);
    expect(spec.saga).toEqual({
      name: 'place-order',
      style: 'orchestration',
      initiator: 'order',
      steps: ['inventory.reserve/release', 'payment.authorize/void!', 'inventory.confirm'],
    });
    expect(spec.circuitBreaker).toEqual({ threshold: 5, resetTimeout: '30s' });
  });

  test('a default never makes a choice of the user invalid', () => {
    expect(settle({ broker: 'none' }).saga).toBeNull();
    expect(settle({ services: { city: {} } }).saga).toBeNull();
  });

  test('the pivot is the last step with a compensation', () => {
    const { saga } = settle({
      services: { trip: {} },
      saga: { name: 'book-trip', steps: ['hotel.reserve/cancel', 'flight.book/cancel', 'hotel.check-in'] },
    });
    expect(saga?.steps).toEqual(['hotel.reserve/cancel', 'flight.book/cancel!', 'hotel.check-in']);
  });

  test('where no step can be undone the pivot is the first', () => {
    const saga = { name: 'book-trip', steps: ['hotel.reserve', 'flight.book'] };
    expect(settle({ services: { trip: {} }, saga }).saga?.steps).toEqual(['hotel.reserve!', 'flight.book']);
  });

  test('services named in steps or calls need not be listed', () => {
    const { services, saga } = settle({
      services: { trip: { calls: ['customer'] } },
      saga: { name: 'book-trip', steps: ['hotel.reserve/cancel'] },
    });
    expect(Object.keys(services)).toEqual(['trip', 'customer', 'hotel']);
    expect(saga?.initiator).toBe('trip');
  });
});

describe('refused', () => {
  const steps = (...list: string[]): SpecInput => ({
    services: { trip: {} },
    saga: { name: 'book-trip', steps: list },
  });
  test.each<[string, SpecInput, string, string]>([
    ['an unknown broker', { broker: 'rabitmq' }, 'broker', '"rabitmq" is not one of rabbitmq, none'],
    ['a pattern without a folder', { sync: 'grpc' }, 'sync', '"grpc" is not one of rest'],
    [
      'a language without a folder',
      { services: { a: { language: 'python' } } },
      'services.a.language',
      '"python" is not one of typescript',
    ],
    ['a name in capitals', { name: 'MyApp' }, 'name', '"MyApp" must be lower-case letters'],
    ['a control character', { name: 'a\u0007b' }, 'name', '"a\\u0007b" must be lower-case letters'],
    ['an over-long name', { name: 'a'.repeat(51) }, 'name', 'is longer than 50 characters'],
    ['a reserved name', { name: 'con' }, 'name', '"con" is a reserved name'],
    [
      'a reserved service',
      { services: { postgres: {} } },
      'services.postgres',
      '"postgres" is a reserved name',
    ],
    ['a keyword as a service', { services: { class: {} } }, 'services.class', '"class" is a reserved name'],
    ...['admin', 'broker', 'pg-user', 'template1', 'ids', 'row', 'outcome', 'arguments'].map(
      (name): [string, SpecInput, string, string] => [
        `${name} as a service`,
        { services: { [name]: {} } },
        `services.${name}`,
        `"${name}" is a reserved name`,
      ],
    ),
    ...['id', 'input', 'context', 'accepted', 'eval', 'flow', 'store', 'main', 'diagram'].map(
      (name): [string, SpecInput, string, string] => [
        `${name} as a saga`,
        { ...steps('hotel.book'), saga: { name, steps: ['hotel.book'] } },
        'saga.name',
        `"${name}" is a reserved name`,
      ],
    ),
    ...['class', 'serves', 'order', 'table', 'current-date', 'overlaps', 'inbox', 'pg-class'].map(
      (channel): [string, SpecInput, string, string] => [
        `${channel} as a channel`,
        { services: { city: { channel } } },
        'services.city.channel',
        `"${channel}" is a reserved name`,
      ],
    ),
    [
      'an over-long service',
      { services: { ['a'.repeat(21)]: {} } },
      `services.${'a'.repeat(21)}`,
      'is longer than 20 characters',
    ],
    ['a reserved action', steps('hotel.find'), 'saga.steps[0]', '"find" is a reserved name'],
    ['a reserved compensation', steps('hotel.book/find'), 'saga.steps[0]', '"find" is a reserved name'],
    [
      'too many steps',
      steps(...Array.from({ length: 41 }, (_, index) => `hotel.x${index}`)),
      'saga.steps',
      'has more than 40 steps',
    ],
    ['no service', { services: {}, saga: 'none' }, 'services', 'needs at least one service'],
    [
      'a call of itself',
      { services: { a: { calls: ['a'] } } },
      'services.a.calls[0]',
      '"a" cannot call itself',
    ],
    [
      'a call of a participant',
      { services: { b: {}, a: { calls: ['b'] } }, saga: { name: 'x', initiator: 'c', steps: ['a.x/y!'] } },
      'services.a.calls',
      'cannot be there: "a" does steps of the saga',
    ],
    ['no step', steps(), 'saga.steps', 'needs at least one step'],
    [
      'what is no step, where the name is missing, too',
      { services: {}, saga: { steps: ['hotel'] } },
      'saga.steps[0]',
      '"hotel" is not a step',
    ],
    ['what is no step', steps('hotel'), 'saga.steps[0]', '"hotel" is not a step'],
    ['two pivots', steps('a.x/y!', 'b.x/y!'), 'saga.steps[1]', 'is a second pivot'],
    [
      'a step before the pivot without compensation',
      steps('a.x', 'b.x/y!'),
      'saga.steps[0]',
      '"a.x" needs a compensation',
    ],
    [
      'a step after the pivot with compensation',
      steps('a.x!', 'b.x/y'),
      'saga.steps[1]',
      '"b.x/y" cannot have a compensation',
    ],
    ['the same step twice', steps('a.x/y', 'a.x/z'), 'saga.steps[1]', '"a.x" is already a step'],
    [
      'an initiator in a step',
      { saga: { name: 'b', initiator: 'a', steps: ['a.x'] } },
      'saga.initiator',
      '"a" is in a step',
    ],
    [
      'no initiator',
      { saga: { name: 'b', steps: ['a.x'] } },
      'saga.initiator',
      'is needed: every service is in a step',
    ],
    [
      'steps without a name',
      { services: { a: {} }, saga: { steps: ['b.x'] } },
      'saga.name',
      'is needed for a saga of your own',
    ],
    [
      'a saga without steps',
      { services: { a: {} }, saga: { name: 'b' } },
      'saga.steps',
      'is needed for a saga over your own services',
    ],
    [
      'a threshold of 0',
      { circuitBreaker: { threshold: 0 } },
      'circuitBreaker.threshold',
      '0 is not a whole number',
    ],
    [
      'a timeout without a unit',
      { circuitBreaker: { resetTimeout: '30' } },
      'circuitBreaker.resetTimeout',
      '"30" is not a duration',
    ],
  ])('%s', (_, input, path, message) => {
    const error = problemOf(input);
    expect(error?.path.join('.').replace(/\.(\d+)$/, '[$1]')).toBe(path);
    expect(error?.message).toContain(message);
  });

  test('a near miss comes with a suggestion', () => {
    expect(problemOf({ broker: 'rabitmq' })?.hint).toBe('Did you mean "rabbitmq"?');
  });
});

function problemOf(input: SpecInput): SpecError | null {
  try {
    settle(input);
    return null;
  } catch (error) {
    if (error instanceof SpecError) return error;
    throw error;
  }
}
