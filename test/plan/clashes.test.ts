/**
 * The names that a user may not give are those that something else in the rendered system has. They follow from what is
 * rendered for names that clash with nothing.
 */

import { describe, expect, test } from 'vitest';
import { indexOf } from '../../src/catalog/catalog.ts';
import { makePlan } from '../../src/plan/make.ts';
import { render } from '../../src/render/render.ts';
import { SpecError, type SpecInput } from '../../src/spec/input.ts';
import { settleSpec } from '../../src/spec/settle.ts';
import { shipped } from '../catalogs.ts';
import { toolVersion } from '../systems.ts';
import { bindingPairs } from './bindings.ts';
import { type Clash, clashesOf } from './clashes.ts';

const services = ['alfa', 'bravo', 'carol', 'delta', 'golf', 'zulu'];
const channels = ['kilo', 'sierra', 'tango', 'uniform', 'juliet'];
const actions = ['lift', 'mold', 'vend', 'reel', 'bolt'];

/** Every role, with and without calls; the last service has the plural of its name as its channel. */
function system(style: string): SpecInput {
  const [kilo = '', sierra = '', tango = '', uniform = '', juliet = ''] = channels;
  return {
    services: {
      alfa: { calls: ['delta'], channel: kilo },
      bravo: { channel: sierra },
      carol: { channel: tango },
      delta: { channel: uniform },
      golf: { calls: ['delta'], channel: juliet },
      zulu: {},
    },
    saga: {
      style,
      name: 'whisky',
      initiator: 'alfa',
      steps: ['bravo.lift/mold', 'carol.vend/reel!', 'bravo.bolt'],
    },
  };
}

const planOf = (input: SpecInput) =>
  makePlan(settleSpec(input, indexOf(shipped)), { catalog: shipped, toolVersion });

describe.each(['orchestration', 'choreography'])('%s', (style) => {
  test.each<[string, SpecInput]>([
    ['RabbitMQ and both protocols', { broker: 'rabbitmq', sync: 'both' }],
    ['Kafka and a registry', { broker: 'kafka', discovery: 'client' }],
    ['a proxy and gRPC', { discovery: 'server', sync: 'grpc' }],
  ])('a name that clashes is refused: %s', (_, choices) => {
    const input = { ...system(style), ...choices };
    const tree = render(planOf(input), shipped);
    const clashes = clashesOf(tree, [...services, ...channels, ...actions, 'whisky']);
    const accepted = clashes.filter((clash) => !isOneService(clash) && !isRefused(replaced(input, clash)));
    expect(clashes.length).toBeGreaterThan(100);
    expect(accepted).toEqual([]);
  });
});

test('names that hide each other are found', () => {
  const code = "import { a, type B } from 'c';\nexport const d = ({ e: f }: { g: B }) => a(d, f.h);\n";
  const pairs = bindingPairs(code).map((pair) => [...pair].sort().join(''));
  expect(pairs.sort()).toEqual(['Ba', 'Bd', 'Bf', 'ad', 'af', 'df']);
});

/** In place of another service it would be one service the less. */
function isOneService({ name, instead }: Clash): boolean {
  return services.includes(name) && services.includes(instead);
}

function isRefused(input: SpecInput): boolean {
  try {
    planOf(input);
    return false;
  } catch (error) {
    if (error instanceof SpecError) return true;
    throw error;
  }
}

function replaced(value: SpecInput, { name, instead }: Clash): SpecInput {
  const text = JSON.stringify(value).replace(/[a-z][a-z0-9-]*/g, (word) => (word === name ? instead : word));
  return JSON.parse(text);
}
