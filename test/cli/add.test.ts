import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../src/cli/result.ts';
import { emptyFolder, fill } from '../lifecycle/folder.ts';
import { snapshot } from '../lifecycle/snapshot.ts';
import { createMsvc, filesOnly } from './command.ts';

/** A generated system, and its folder. */
async function system(...flags: string[]): Promise<string> {
  const cwd = emptyFolder();
  expect(await createMsvc(['shop', '--yes', ...filesOnly, ...flags], { cwd })).toMatchObject({ code: 0 });
  return join(cwd, 'shop');
}

describe('add', () => {
  it('gives what create gives with the pattern, also from a folder inside', async () => {
    const whole = await system();
    const cwd = await system('--no-circuit-breaker');
    const { code, stdout } = await createMsvc(['add', 'circuit-breaker', '--json'], {
      cwd: join(cwd, 'services/order'),
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout) as Result).toMatchObject({ command: 'add', status: 'done', directory: cwd });
    expect(snapshot(cwd)).toEqual(snapshot(whole));
  });

  it('has nothing to do the second time', async () => {
    const cwd = await system();
    const before = snapshot(cwd);
    const { code, stdout } = await createMsvc(['add', 'rabbitmq'], { cwd });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Nothing to do: shop has it already\n' });
    expect(snapshot(cwd)).toEqual(before);
  });

  it('takes the details of what it adds', async () => {
    const cwd = await system('--saga', 'none');
    const { stdout } = await createMsvc(['add', 'saga-orchestration', '--saga-name', 'buy', '--json'], {
      cwd,
    });
    expect((JSON.parse(stdout) as Result).spec.saga).toMatchObject({ name: 'buy', initiator: 'order' });
  });

  it('is the command that it says does the same again', async () => {
    const details = ['--saga-name', 'buy', '--saga-steps', 'payment.pay/refund!', '--breaker-threshold', '7'];
    const args = ['add', 'saga-orchestration', 'circuit-breaker', ...details];
    const cwd = await system('--saga', 'none', '--no-circuit-breaker');
    const env = { PATH: emptyFolder() };
    const { code, stdout } = await createMsvc([...args, '--install', '--json'], { cwd, env });
    const { reproduce, spec } = JSON.parse(stdout) as Result;
    expect(code).toBe(6);
    expect(reproduce).toBe(
      "npx create-msvc@1.2.3 add saga-orchestration circuit-breaker --saga-name buy --saga-steps 'payment.pay/refund!' --breaker-threshold 7 --install",
    );
    const other = await system('--saga', 'none', '--no-circuit-breaker');
    const words = reproduce.replaceAll("'", '').split(' ').slice(2);
    const again = await createMsvc([...words, '--json'], { cwd: other, env });
    expect((JSON.parse(again.stdout) as Result).spec).toEqual(spec);
  });

  it('writes nothing in a dry run', async () => {
    const cwd = await system('--broker', 'none');
    const before = snapshot(cwd);
    const { code, stdout } = await createMsvc(['add', 'rabbitmq', '--dry-run'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('update  msvc.yaml\n');
    expect(snapshot(cwd)).toEqual(before);
  });

  it.each([
    ['--breaker-threshold', '0', ': 0 is not a whole number from 1 to 1000'],
    ['--breaker-reset-timeout', 'soon', ': "soon" is not a duration such as 500ms, 30s or 2m'],
  ])('names the flag that cannot stand: %s', async (flag, value, reason) => {
    const cwd = await system('--no-circuit-breaker');
    const { code, stderr } = await createMsvc(['add', 'circuit-breaker', flag, value], { cwd });
    expect(stderr).toBe(`✖ ${flag}${reason}\n`);
    expect(code).toBe(2);
  });

  it('names the flag that is needed', async () => {
    const cwd = await system('--services', 'trip,hotel');
    const { stderr } = await createMsvc(['add', 'saga-orchestration'], { cwd });
    expect(stderr).toContain(
      '✖ Cannot add saga-orchestration: --saga-steps is needed for a saga over your own services\n',
    );
  });

  it('names in JSON all files that have a conflict', async () => {
    const cwd = await system('--broker', 'none', '--no-circuit-breaker');
    const theirs = ['breaker.ts', 'transports.ts'].map((name) => `chassis/typescript/src/${name}`);
    fill(cwd, Object.fromEntries(theirs.map((path) => [path, 'mine\n'])));
    const { code, stdout } = await createMsvc(['add', 'rabbitmq', 'circuit-breaker', '--json'], { cwd });
    const reason = 'is there already, and not as it would be written';
    expect(JSON.parse(stdout).error.files).toEqual(theirs.map((path) => ({ path, reason })));
    expect(code).toBe(3);
  });

  it('leaves a system alone whose msvc.yaml says nothing', async () => {
    const cwd = await system();
    writeFileSync(join(cwd, 'msvc.yaml'), '# just a comment\n');
    const before = snapshot(cwd);
    const { code, stderr } = await createMsvc(['add', 'rest'], { cwd });
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('msvc.yaml:1:1') });
    expect(snapshot(cwd)).toEqual(before);
  });

  it.each([
    ['an unknown pattern', 'rabitmq', 2, 'There is no pattern "rabitmq"', 'Did you mean "rabbitmq"?'],
    [
      'what the system lacks a requirement of',
      'saga-orchestration',
      2,
      'Cannot add saga-orchestration',
      'Choose rabbitmq',
    ],
  ])('refuses %s', async (_what, pattern, code, sentence, hint) => {
    const cwd = await system('--broker', 'none');
    const before = snapshot(cwd);
    const finished = await createMsvc(['add', pattern], { cwd });
    expect(finished.code).toBe(code);
    expect(finished.stderr).toContain(sentence);
    expect(finished.stderr).toContain(hint);
    expect(snapshot(cwd)).toEqual(before);
  });
});
