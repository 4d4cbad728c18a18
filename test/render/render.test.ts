import { expect, test, vi } from 'vitest';
import { type Catalog, indexOf, type Source } from '../../src/catalog/catalog.ts';
import { makePlan } from '../../src/plan/make.ts';
import { joinFragments } from '../../src/render/documents.ts';
import { helpers } from '../../src/render/helpers.ts';
import { render } from '../../src/render/render.ts';
import type { SpecInput } from '../../src/spec/input.ts';
import { settleSpec } from '../../src/spec/settle.ts';
import { fixture, shipped } from '../catalogs.ts';
import { shapes, toolVersion } from '../systems.ts';

function rendered(input: SpecInput, catalog: Catalog = fixture) {
  return render(makePlan(settleSpec(input, indexOf(catalog)), { catalog, toolVersion }), catalog);
}

test('the same spec gives the same bytes, and asks neither clock nor chance nor locale', () => {
  const before = [...rendered({}, shipped)];
  const forbidden = () => {
    throw new Error('Rendering is pure');
  };
  vi.spyOn(Math, 'random').mockImplementation(forbidden);
  vi.spyOn(Date, 'now').mockImplementation(forbidden);
  vi.spyOn(String.prototype, 'localeCompare').mockImplementation(forbidden);
  vi.spyOn(crypto, 'getRandomValues').mockImplementation(forbidden);
  vi.stubEnv('TZ', 'Pacific/Chatham');
  vi.stubEnv('LC_ALL', 'tr_TR.UTF-8');
  try {
    expect([...rendered({}, shipped)]).toEqual(before);
  } finally {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  }
});

test.each(['orchestration', 'choreography'])(
  'the table of a saga in which nothing can be undone names its pivot: %s',
  (style) => {
    const saga = { name: 'book-trip', style, steps: ['hotel.reserve', 'flight.book'] };
    const table = String(
      rendered({ services: { trip: {} }, saga }, shipped).get('services/trip/src/flow.ts')?.content,
    );
    const pivots = table.split(/^ {4}\},$/m).map((step) => step.includes('pivot: true'));
    expect(pivots).toEqual([true, false, false]);
  },
);

/** Channel of `contracts/asyncapi.json` -> the kinds of the messages on it. */
function kindsOnChannels(input: SpecInput): Record<string, readonly string[]> {
  const text = String(rendered(input, shipped).get('contracts/asyncapi.json')?.content);
  const { channels, components } = JSON.parse(text) as {
    channels: Record<string, { messages: object }>;
    components: { messages: Record<string, { summary: string }> };
  };
  const kindOf = (message: string) => components.messages[message]?.summary.split(',')[0] ?? 'unknown';
  return Object.fromEntries(
    Object.entries(channels).map(([name, { messages }]) => [
      name,
      [...new Set(Object.keys(messages).map(kindOf))],
    ]),
  );
}

test.each([
  ['shop', 'orders', ['inventory-events', 'order-events', 'payment-events', 'user-events']],
  ['book-trip', 'trips', ['customer-events', 'flight-events', 'hotel-events', 'trip-events']],
] as const)(
  'services of a choreographed saga send each other events alone: %s',
  (shape, fromOutside, events) => {
    const system = shapes[shape] as SpecInput & { saga?: object };
    const told = kindsOnChannels({ ...system, saga: { ...system.saga, style: 'choreography' } });
    expect(told).toEqual({
      [fromOutside]: ['command'],
      ...Object.fromEntries(events.map((name) => [name, ['event']])),
    });
    const asked = Object.values(
      kindsOnChannels({ ...system, saga: { ...system.saga, style: 'orchestration' } }),
    );
    expect(asked.filter(([kind]) => kind === 'command')).toHaveLength(3);
    expect(asked.filter(([kind]) => kind === 'reply')).toHaveLength(1);
  },
);

test('files are classed by their globs and names', () => {
  const tree = rendered({});
  const classes = [
    'services/user/src/users.ts',
    'services/user/parts.ts',
    'README.md',
    'package.json',
    'msvc.yaml',
  ];
  expect(classes.map((path) => tree.get(path)?.class)).toEqual(['once', 'owned', 'merge', 'keyed', 'keyed']);
  expect(tree.get('tools/up.sh')?.mode).toBe(0o755);
  expect(tree.get('package.json')?.mode).toBe(0o644);
});

test('a second owner of a path is an error that names both', () => {
  const file = { area: 'shared', language: null, path: 'tools/up.sh', text: 'x' } as const;
  const sources = fixture.sources.map(
    (source): Source => (source.id === 'rest' ? { ...source, files: [...source.files, file] } : source),
  );
  expect(() => rendered({}, { ...fixture, sources })).toThrow('base and patterns/rest');
});

test('a template that uses an unknown name is named', () => {
  const text = { template: 'base/shared/README.md.d/10-intro.md.hbs' };
  const file = { area: 'shared', language: null, path: 'x.md', text } as const;
  const [base, ...others] = fixture.sources as [Source, ...Source[]];
  const participants = {
    ...file,
    area: 'participant',
    text: { template: 'capabilities/saga/typescript/initiator/src/flow.ts.hbs' },
  } as const;
  const catalog = { ...fixture, sources: [{ ...base, files: [...base.files, participants] }, ...others] };
  expect(() => rendered({ saga: 'none' }, catalog)).not.toThrow();
  const broken = {
    ...fixture,
    sources: [{ ...base, files: [{ ...file, text: participants.text }] }, ...others],
  };
  expect(() => rendered({ saga: 'none' }, broken)).toThrow(participants.text.template);
});

test('a sample takes the place of the folder of its role', () => {
  const shop = rendered({});
  expect(shop.has('services/inventory/src/stock.ts')).toBe(true);
  expect(shop.has('services/inventory/src/reserve.ts')).toBe(false);
  expect(shop.get('contracts/src/user.ts')?.content).toContain('seededUsers');
  const trip = rendered(shapes['book-trip'] ?? {});
  expect(trip.get('services/hotel/src/reserve.ts')?.content).toContain(
    "'HotelReserved or ReserveHotelRefused'",
  );
  expect(trip.has('services/hotel/src/check-in.ts')).toBe(true);
  expect(trip.has('contracts/src/customer.ts')).toBe(true);
});

test('manifests get the packages of what is chosen, with the versions of the language', () => {
  const manifest = (input: SpecInput) =>
    JSON.parse(rendered(input).get('chassis/typescript/package.json')?.content ?? '{}').dependencies;
  expect(manifest({})).toEqual({ amqplib: '2.3.1', express: '5.1.0', zod: '4.6.7' });
  expect(manifest({ broker: 'none' })).toEqual({ express: '5.1.0', zod: '4.6.7' });
});

test('the sections of a document come in the order of their names, and empty ones leave nothing', () => {
  const parts = [
    { path: 'a.md.d/20-b.md', text: '## B\n' },
    { path: 'a.md.d/10-a.md', text: '# A\n\n\n' },
    { path: 'a.md.d/15-x.md', text: '\n' },
  ];
  expect(joinFragments(parts)).toBe('# A\n\n## B\n');
  expect(() => joinFragments([...parts, { path: 'a.md.d/20-b.md', text: '' }])).toThrow(
    'Two sources own the section',
  );
  expect(() => joinFragments([...parts, { path: 'a.md', text: '' }])).toThrow('both whole and in sections');
});

test.each([
  ['js', "it's\n", "'it\\'s\\n'"],
  ['json', 'a"b', '"a\\"b"'],
  ['yaml', 'no', '"no"'],
  ['yaml', 'a: b', '"a: b"'],
  ['yaml', 'postgres:18', 'postgres:18'],
  ['sh', "it's", "'it'\\''s'"],
  ['sh', 'a-b', 'a-b'],
] as const)('%s quotes %j', (helper, value, expected) => {
  expect((helpers[helper] as (value: unknown) => string)(value)).toBe(expected);
});
