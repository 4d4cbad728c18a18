import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOptions } from '../../../tools/drills/options.ts';
import { WrongUsage } from '../../../tools/interrupt.ts';

for (const [argv, message] of [
  [[], /^Usage: npm run drill/],
  [['nothing'], /^There is no drill "nothing" here; there are [^\n]*\.$/],
  [['poison', '--nothing'], /^Unknown option '--nothing'/],
  [['poison', '--seconds', '0'], /^--seconds "0": write a whole number from 1 on\.$/],
  [['poison', '--reset-timeout', 'soon'], /^--reset-timeout/],
  [['poison', '--broker', 'pigeons'], /^--broker pigeons: this system runs on [^\n]*\.$/],
] as const) {
  test(`${['drill', ...argv].join(' ')} is refused`, () => {
    assert.throws(
      () => parseOptions(argv),
      (error: Error) => {
        assert.ok(error instanceof WrongUsage, error.stack);
        assert.match(error.message, message);
        return true;
      },
    );
  });
}
