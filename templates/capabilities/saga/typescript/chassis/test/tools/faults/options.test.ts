import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMBEDDED } from '../../../tools/faults/brokers/brokers.ts';
import { kinds } from '../../../tools/faults/brokers/kinds.ts';
import { parseOptions } from '../../../tools/faults/options.ts';
import { probes } from '../../../tools/faults/probes/probes.ts';
import { subject } from '../../../tools/faults/subject.ts';
import { WrongUsage } from '../../../tools/interrupt.ts';

const [kind] = kinds;
const count = `--${subject.plural}`;
const native = (url: string) => [
  ...['--broker', kind?.name ?? '', '--broker-url', url],
  ...['--broker-pid-file', 'broker.pid', '--broker-start', 'true'],
];
const at = (host: string) => `${kind?.schemes[0]}://${host}:1234`;

test('what is not said is 200 at 25 a second, on the embedded broker, with every probe', () => {
  const options = parseOptions([]);
  assert.notEqual(options, 'help');
  const { seed: _, ...rest } = options as Exclude<typeof options, 'help'>;
  assert.deepEqual(rest, {
    cases: 200,
    rate: 25,
    broker: { name: EMBEDDED },
    probes: probes.map(({ name }) => name),
    times: 1,
    storm: true,
    faults: true,
    json: false,
  });
});

for (const [argv, expected] of [
  [['--', '--seed', '7', count, '1000', '--json'], { seed: 7, cases: 1000, json: true }],
  [['--no-probes'], { probes: [], storm: true, faults: true }],
  [['--no-faults'], { probes: [], storm: true, faults: false }],
  [['--only', 'calm', '--times', '3'], { probes: ['calm'], storm: false, times: 3 }],
  [
    native(at('127.0.0.1')),
    {
      broker: {
        name: kind?.name,
        native: { url: at('127.0.0.1'), pidFile: 'broker.pid', start: 'true' },
      },
    },
  ],
] as const) {
  test(`${argv.join(' ')} is understood`, () => {
    const options = parseOptions(argv);
    assert.deepEqual({ ...(options as object), ...expected }, options);
  });
}

for (const [argv, message] of [
  [['--seed', 'x'], '--seed "x": write a whole number from 0 on.'],
  [['--seed', '-1'], /--seed/],
  [[count, '9'], `${count} "9": write a whole number from 10 on.`],
  [['--rate', '0'], '--rate "0": write a whole number from 1 on.'],
  [['--times', '1.5'], '--times "1.5": write a whole number from 1 on.'],
  [['--only', 'nothing'], /^--only nothing: the probes are [^\n]*\.$/],
  [['--broker', 'pigeons'], /^--broker pigeons: this system runs on [^\n]*\.$/],
  [
    ['--broker-url', at('127.0.0.1')],
    /^--broker-url, --broker-pid-file and --broker-start are needed together\.$/,
  ],
  [native('nonsense'), `--broker-url: not a URL of ${kind?.name}.`],
  [native('http://127.0.0.1'), `--broker-url: not a URL of ${kind?.name}.`],
  [native(at('127.0.0.1')).slice(2), '--broker-url: not a URL of a broker, and --broker names none.'],
  [native(at('10.0.0.7')), /^--broker-url: 10\.0\.0\.7 is not this machine\. [^\n]*\.$/],
  [
    native(at('127.0.0.1,10.0.0.7')),
    /^--broker-url: 127\.0\.0\.1,10\.0\.0\.7 is not this machine\. [^\n]*\.$/,
  ],
  [native(at('broker.example')), /^--broker-url: broker\.example is not this machine\. [^\n]*\.$/],
] as const) {
  test(`${argv.join(' ')} is refused`, () => {
    assert.throws(
      () => parseOptions(argv),
      (error: Error) => {
        assert.ok(error instanceof WrongUsage);
        if (typeof message === 'string') assert.equal(error.message, message);
        else assert.match(error.message, message);
        return true;
      },
    );
  });
}
