import { describe, expect, test } from 'vitest';
import { indexOf } from '../../src/catalog/catalog.ts';
import { makePlan } from '../../src/plan/make.ts';
import type { SpecInput } from '../../src/spec/input.ts';
import { settleSpec } from '../../src/spec/settle.ts';
import { fixture } from '../catalogs.ts';
import { shapes, toolVersion } from '../systems.ts';

function planOf(input: SpecInput) {
  return makePlan(settleSpec(input, indexOf(fixture)), { catalog: fixture, toolVersion });
}

test('the default system is the shop, with its names', () => {
  const { services, saga } = planOf({});
  expect(services.map(({ name, role, port, sample }) => [name, role, port, sample])).toEqual([
    ['user', 'resource', 3001, 'shop'],
    ['order', 'initiator', 3002, 'shop'],
    ['inventory', 'participant', 3003, 'shop'],
    ['payment', 'participant', 3004, 'shop'],
  ]);
  expect(saga?.steps.map(({ command }) => command.Pascal)).toEqual([
    'ReserveStock',
    'AuthorizePayment',
    'ConfirmStock',
  ]);
  expect(saga?.steps.map(({ compensatable, pivot, retriable }) => [compensatable, pivot, retriable])).toEqual(
    [
      [true, false, false],
      [false, true, false],
      [false, false, true],
    ],
  );
});

test('a system with other steps gets the skeleton, and names from its steps', () => {
  const { services, saga } = planOf(shapes['book-trip'] ?? {});
  expect(services.map(({ sample }) => sample)).toEqual([null, null, null, null]);
  expect(saga?.initiator.name).toBe('trip');
  expect(saga?.steps.map(({ command, done }) => [command.Pascal, done.Pascal])).toEqual([
    ['ReserveHotel', 'HotelReserved'],
    ['BookFlight', 'FlightBooked'],
    ['CheckInHotel', 'HotelCheckedIn'],
  ]);
});

test('a step is due after the start or the confirmation, and the step before it', () => {
  const { services, saga } = planOf(shapes['book-trip'] ?? {});
  expect(saga?.steps.map(({ follows }) => follows.map(({ event }) => event.Pascal))).toEqual([
    ['TripAccepted'],
    ['TripAccepted', 'HotelReserved'],
    ['TripConfirmed'],
  ]);
  const follows = services.map(({ name, follows }) => [name, follows.map((service) => service.name)]);
  expect(Object.fromEntries(follows)).toEqual({
    trip: ['hotel', 'flight'],
    hotel: ['trip'],
    flight: ['trip', 'hotel'],
    customer: [],
  });
  expect(services.find(({ name }) => name === 'hotel')?.followers.map(({ name }) => name)).toEqual([
    'trip',
    'flight',
  ]);
});

test('the services of the shop with another saga are skeletons, but for those in no step', () => {
  const { services } = planOf({
    services: { user: {}, order: { calls: ['user'] }, inventory: {} },
    saga: { name: 'place-order', initiator: 'order', steps: ['payment.authorize/void!'] },
  });
  expect(services.map(({ name, role, sample }) => [name, role, sample])).toEqual([
    ['user', 'resource', 'shop'],
    ['order', 'initiator', null],
    ['inventory', 'resource', null],
    ['payment', 'participant', null],
  ]);
});

test('a service that does not call whom its sample calls is a skeleton', () => {
  const { services } = planOf({ services: { user: {}, order: {}, inventory: {}, payment: {} } });
  expect(services.every(({ name, sample }) => (name === 'user') === (sample === 'shop'))).toBe(true);
});

test('a capability comes with the pattern that provides it', () => {
  const without = planOf({ broker: 'none', saga: 'none' });
  expect(without.capabilities).toEqual(['rpc']);
  expect(without.sources.map(({ folder }) => folder)).toEqual([
    'base',
    'languages/typescript',
    'capabilities/rpc',
    'patterns/rest',
    'patterns/circuit-breaker',
    'samples/shop',
  ]);
  expect(planOf({}).capabilities).toEqual(['broker', 'rpc', 'saga']);
});

test('the address of a called service is in a variable named after it', () => {
  const [caller] = planOf({
    services: { 'trip-desk': { calls: ['price-list'] }, 'price-list': {} },
  }).services;
  expect(caller?.calls.map(({ envKey, port }) => [envKey, port])).toEqual([['PRICE_LIST_URL', 3002]]);
});

describe('what does not fit together is refused', () => {
  const two = (a: string, b: string): SpecInput => ({ services: { [a]: {}, [b]: {} }, saga: 'none' });
  const sagaOf = (saga: { name: string; steps: string[] }): SpecInput => ({ services: { trip: {} }, saga });
  const steps = ['hotel.book/cancel'];
  test.each<[string, SpecInput, string]>([
    [
      'a saga without a broker',
      { broker: 'none', saga: {} },
      '"saga-orchestration" needs "broker", and broker is "none"',
    ],
    ['two services of one plural', two('box', 'boxe'), '"boxe" gives the channel "boxes", as "box" does'],
    [
      'two services of one identifier',
      two('order-1', 'order1'),
      '"order1" gives the identifier Order1, as "order-1" does',
    ],
    [
      'a channel that is the events of another',
      { services: { a: {}, b: { channel: 'a-events' } }, saga: 'none' },
      '"b" gives the channel "a-events", as "a" does',
    ],
    [
      'two steps whose messages have one name',
      {
        services: { trip: {} },
        saga: { name: 'book', steps: ['hotel.book/cancel', 'hotel.reserve/cancel'] },
      },
      'Two messages or types would be called CancelHotel: of the step "hotel.book" and of the step "hotel.reserve"',
    ],
    [
      'a saga that is called as its end is',
      { services: { trip: {} }, saga: { name: 'confirm-trip', steps: ['hotel.book'] } },
      'Two messages or types would be called ConfirmTrip: of the initiator "trip" and of the saga "confirm-trip"',
    ],
    [
      'a message that is called as a type of a service',
      sagaOf({ name: 'book', steps: ['api.trip'] }),
      'Two messages or types would be called TripApi: of the service "trip" and of the step "api.trip"',
    ],
    [
      'a service that is called as a type of another',
      sagaOf({ name: 'book', steps: ['trip-api.hold'] }),
      'Two messages or types would be called TripApi: of the service "trip" and of the service "trip-api"',
    ],
    ['a saga of a service', sagaOf({ name: 'trip', steps }), '"trip" is the name of a service'],
    ['a saga of a participant', sagaOf({ name: 'hotel', steps }), '"hotel" is the name of a service'],
    ['a saga of a channel', sagaOf({ name: 'hotels', steps }), '"hotels" is the channel of "hotel"'],
    ...['find', 'get', 'insert', 'new', 'settle'].map((verb): [string, SpecInput, string] => [
      `a saga called ${verb}-trip`,
      sagaOf({ name: `${verb}-trip`, steps }),
      `"${verb}-trip" is a name that the code of "trip" uses itself`,
    ]),
    [
      'a participant that is called as a function of the initiator',
      sagaOf({ name: 'book', steps: ['settle-trip.hold'] }),
      '"settle-trip" is a name that the code of "trip" uses itself',
    ],
    [
      'a channel that is called as a function',
      { services: { box: { channel: 'list-cities' }, city: {} }, saga: 'none' },
      '"box" gives the channel "list-cities", which is a reserved name',
    ],
    ...[
      ['part', 'parts'],
      ['serve', 'serves'],
      ['policy', 'policies'],
      ['reference', 'references'],
      ['a', 'as'],
    ].map(([service = '', plural = '']): [string, SpecInput, string] => [
      `a service with the plural ${plural}`,
      two(service, 'city'),
      `"${service}" gives the channel "${plural}", which is a reserved name`,
    ]),
  ])('%s', (_, input, message) => {
    expect(() => planOf(input)).toThrow(message);
  });
});

test.each<[string, SpecInput['services'], string]>([
  ['one identifier', { 'order-1': {}, order1: {} }, 'Rename one of them'],
  ['a plural that is reserved', { part: {} }, 'Give services.part.channel in msvc.yaml another name'],
  ['one module', { user: {}, 'user-events': {} }, 'Rename one of them'],
  [
    'one plural',
    { box: {}, boxe: {} },
    'Rename one of them, or give services.boxe.channel in msvc.yaml another name',
  ],
  [
    'a channel that is the events of a service after it',
    { a: { channel: 'b-events' }, b: {} },
    'Rename one of them, or give services.a.channel in msvc.yaml another name',
  ],
])('services that clash are told what helps: %s', (_, services, hint) => {
  expect(() => planOf({ services, saga: 'none' })).toThrow(expect.objectContaining({ hint }));
});

test('PostgreSQL allows the connections of three instances of each service', () => {
  const names = Array.from({ length: 20 }, (_, index) => [`service-${index}`, {}] as const);
  expect(planOf({ services: Object.fromEntries(names) }).maxConnections).toBe(20 * 3 * 13 + 10);
});

test('services that call each other do not wait for each other to start', () => {
  const services = { b: { calls: ['c'] }, c: { calls: ['d'] }, d: { calls: ['b', 'e'] }, e: {} };
  const planned = planOf({ services, saga: 'none' }).services;
  const waits = planned.flatMap(({ name, calls }) =>
    calls.filter(({ startsFirst }) => startsFirst).map((call) => `${name} for ${call.name}`),
  );
  expect(waits).toEqual(['d for e']);
});

test('a channel of another name stands in for a plural that is reserved', () => {
  const [service] = planOf({ services: { policy: { channel: 'contracts' } }, saga: 'none' }).services;
  expect(service?.plural.name).toBe('contracts');
});
