/** The layout of code depends on the names in it: on their lengths, and on their order. */

import { expect, test } from 'vitest';
import { indexOf } from '../../src/catalog/catalog.ts';
import { makePlan } from '../../src/plan/make.ts';
import { render } from '../../src/render/render.ts';
import type { SpecInput } from '../../src/spec/input.ts';
import { settleSpec } from '../../src/spec/settle.ts';
import { shipped } from '../catalogs.ts';
import { lint } from '../lint.ts';
import { toolVersion } from '../systems.ts';

/** A name that starts with `start` and is so long. */
const long = (start: string, length: number) => start.padEnd(length, '-ever-longer-name').replace(/-$/, 'x');

/** Names of services, channels and steps are what `of` makes of their start. */
function system(of: (start: string, length: number) => string): SpecInput {
  const service = (start: string) => of(start, 20);
  const step = (start: string, action: string, compensation: string) =>
    `${service(start)}.${of(action, 30)}/${of(compensation, 30)}`;
  return {
    name: of('n', 50),
    services: {
      [service('i')]: { calls: [service('c'), service('k')], channel: of('d', 40) },
      [service('c')]: { calls: [service('k')], channel: of('e', 40) },
      [service('k')]: { channel: of('f', 40) },
      [service('h')]: { channel: of('g', 40) },
      [service('p')]: {},
    },
    saga: {
      name: of('b', 40),
      initiator: service('i'),
      steps: [step('h', 'r', 'l'), `${step('p', 'm', 'q')}!`, `${service('h')}.${of('v', 30)}`],
    },
  };
}

const short = system((start) => (start === 'i' ? 'ad' : `${start}${start}`));
const choices: readonly SpecInput[] = [
  { sync: 'rest', broker: 'rabbitmq', discovery: 'server' },
  { sync: 'grpc', broker: 'kafka', discovery: 'client' },
];

/** Names that go on where another one ends, and numbered ones, in each place where names are sorted. */
const alike: SpecInput = {
  services: {
    desk: { calls: ['user', 'user-profile', 'shard2', 'shard10', 'shard2-x'] },
    user: {},
    'user-profile': {},
    shard2: {},
    shard10: {},
    'shard2-x': { calls: ['user-profile', 'user', 'shard10', 'shard2'] },
    hotel: {},
    'hotel-room': {},
  },
  saga: {
    name: 'book-trip',
    initiator: 'desk',
    steps: ['hotel.reserve/cancel', 'hotel-room.hold2/drop2', 'shard2.hold10/drop10!', 'shard10.check-in'],
  },
};

test.each([
  ['are as short as they may be', short],
  ['are as long as they may be', system(long)],
  ['go on where others end', alike],
])('names that %s are laid out as the formatter does it', (_, input) => {
  const specs = choices.flatMap((choice) =>
    ['orchestration', 'choreography'].map((style) => {
      const saga = { ...(input.saga as object), style };
      return settleSpec({ ...input, ...choice, saga }, indexOf(shipped));
    }),
  );
  const trees = specs.map((spec) => render(makePlan(spec, { catalog: shipped, toolVersion }), shipped));
  const { status, output } = lint(trees);
  expect(output).not.toMatch(/error/i);
  expect(status).toBe(0);
});
