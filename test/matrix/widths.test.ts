/** The width of a line depends on the names in it: names as short and as long as they may be. */

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

test.each([
  ['short', short],
  ['long', system(long)],
])('names that are as %s as they may be are laid out as the formatter does it', (_, input) => {
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
