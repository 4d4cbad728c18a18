import { expect, test } from 'vitest';
import { messageNames, participleOf, pluralOf, withArticle } from '../../src/plan/names.ts';
import { wordsOf, wordsOfPascal } from '../../src/plan/words.ts';
import { parseStep, type Step } from '../../src/spec/step.ts';

test.each([
  ['order', 'orders'],
  ['inventory', 'inventories'],
  ['holiday', 'holidays'],
  ['bus-line', 'bus-lines'],
  ['address', 'addresses'],
  ['box', 'boxes'],
  ['quiz', 'quizes'],
  ['branch', 'branches'],
  ['wish', 'wishes'],
])('the plural of %s is %s', (noun, plural) => {
  expect(pluralOf(noun)).toBe(plural);
});

test.each([
  ['reserve', 'reserved'],
  ['book', 'booked'],
  ['cancel', 'canceled'],
  ['notify', 'notified'],
  ['deploy', 'deployed'],
  ['ship', 'shipped'],
  ['debit', 'debited'],
  ['void', 'voided'],
  ['fix', 'fixed'],
  ['commit', 'committed'],
  ['hold', 'held'],
  ['pay', 'paid'],
  ['send', 'sent'],
])('what you %s is %s', (verb, participle) => {
  expect(participleOf(verb)).toBe(participle);
});

test('the messages of a step are named after its service', () => {
  const step = parseStep('hotel.reserve/cancel') as Step;
  const names = messageNames(step, { canRefuse: true });
  expect(Object.values(names).map((words) => words?.Pascal)).toEqual([
    'ReserveHotel',
    'HotelReserved',
    'ReserveHotelRefused',
    'CancelHotel',
    'HotelCanceled',
  ]);
});

test('of an action of several words the first one is the verb', () => {
  const names = messageNames(parseStep('hotel.check-in') as Step, { canRefuse: false });
  expect(names.command.Pascal).toBe('CheckInHotel');
  expect(names.done.Pascal).toBe('HotelCheckedIn');
  expect(names.refused).toBeNull();
});

test('a name has a form for every place', () => {
  const words = {
    name: 'book-trip',
    Pascal: 'BookTrip',
    camel: 'bookTrip',
    snake: 'book_trip',
    UPPER: 'BOOK_TRIP',
    text: 'book trip',
  };
  expect(wordsOf('book-trip')).toEqual(words);
  expect(wordsOfPascal('BookTrip')).toEqual(words);
});

test.each([
  ['account', 'an account'],
  ['order', 'an order'],
  ['trip', 'a trip'],
  ['user', 'a user'],
  ['usage', 'a usage'],
  ['uplink', 'an uplink'],
  ['event', 'an event'],
])('puts an article before %s', (noun, expected) => {
  expect(withArticle(noun)).toBe(expected);
});
