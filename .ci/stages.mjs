// Runs every stage, also after one has failed, and ends with one line that counts them all. A stage with tests of
// its own writes a vitest JSON report and counts those; any other counts one.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const reports = await mkdtemp(join(tmpdir(), 'create-msvc-ci-'));

const stages = [
  { name: 'install', command: 'npm', args: ['ci', '--no-audit', '--no-fund'], needed: true },
  { name: 'check', command: 'npm', args: ['run', 'check'] },
  { name: 'test', command: 'npm', args: ['test', '--'], report: true },
  { name: 'demo', command: 'npm', args: ['run', 'demo'] },
  { name: 'e2e', command: 'npm', args: ['run', 'test:e2e', '--'], report: true },
];

let passed = 0;
let failed = 0;
for (const stage of stages) {
  const report = join(reports, `${stage.name}.json`);
  const startedAt = performance.now();
  console.log(`\n=== ${stage.name}`);
  const code = await run(stage, report);
  const counted = stage.report
    ? await countsOf(report)
    : { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
  // A runner that failed without a failed test has failed all the same.
  if (code !== 0 && counted.failed === 0) counted.failed = 1;
  passed += counted.passed;
  failed += counted.failed;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  console.log(
    `=== ${stage.name}: ${counted.passed} passed, ${counted.failed} failed, exit ${code}, ${seconds} s`,
  );
  if (code !== 0 && stage.needed) break;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

function run({ command, args, report }, file) {
  const reporters = report ? ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`] : [];
  return new Promise((resolve) => {
    const child = spawn(command, [...args, ...reporters], { stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function countsOf(file) {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(await readFile(file, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
