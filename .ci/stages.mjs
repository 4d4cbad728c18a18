// Runs every stage, also after one has failed, and ends with one line that counts them all. A stage with tests of
// its own writes a vitest JSON report, and those are counted; any other counts one.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// A stage that hangs fails, and the closing line is still printed in time.
const STAGE_LIMIT_MS = 50 * 60_000;
const LIMIT_MS = 85 * 60_000;

const stages = [
  { name: 'install', command: ['npm', 'ci', '--no-audit', '--no-fund'], neededByAll: true },
  { name: 'check', command: ['npm', 'run', 'check'] },
  { name: 'test', command: ['npm', 'test', '--'], reports: true },
  { name: 'demo', command: ['npm', 'run', 'demo'] },
  { name: 'e2e', command: ['npm', 'run', 'test:e2e', '--'], reports: true },
  { name: 'compose', command: ['npm', 'run', 'test:compose', '--'], reports: true },
  { name: 'faults', command: ['npm', 'run', 'test:faults', '--'], reports: true },
  // Each mutant with one seed; with ten by hand, as CONTRIBUTING.md says.
  { name: 'mutants', command: ['env', 'SEEDS=1', 'npm', 'run', 'test:mutants', '--'], reports: true },
];

const reports = await mkdtemp(join(tmpdir(), 'create-msvc-ci-'));
let passed = 0;
let failed = 0;
for (const stage of stages) {
  console.log(`\n=== ${stage.name}`);
  const startedAt = performance.now();
  const report = join(reports, `${stage.name}.json`);
  const code = await run(stage, report);
  const counts = await countsOf(stage, { code, report });
  passed += counts.passed;
  failed += counts.failed;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  console.log(`=== ${stage.name}: ${counts.passed} passed, ${counts.failed} failed, ${seconds} s`);
  if (code !== 0 && stage.neededByAll) break;
}
await rm(reports, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** @returns the exit code; 1 for a stage that could not start or was ended */
function run({ command: [file, ...args], reports: isCounted }, report) {
  const reporters = isCounted ? ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`] : [];
  const child = spawn(file, [...args, ...reporters], {
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: Math.floor(Math.min(STAGE_LIMIT_MS, Math.max(1_000, LIMIT_MS - performance.now()))),
  });
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function countsOf({ reports: isCounted }, { code, report }) {
  const isGood = code === 0;
  if (!isCounted) return { passed: isGood ? 1 : 0, failed: isGood ? 0 : 1 };
  const text = await readFile(report, 'utf8').catch(() => '{}');
  const { numPassedTests = 0, numFailedTests = 0 } = JSON.parse(text);
  // A file that does not load, or no test at all, fails without a failed test.
  const isBroken = numFailedTests === 0 && (!isGood || numPassedTests === 0);
  return { passed: numPassedTests, failed: isBroken ? 1 : numFailedTests };
}
