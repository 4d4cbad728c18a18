import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { createMetrics, currentTraceparent, withSpan } from '@app/chassis/telemetry';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;

/** What a process with this environment prints when it logs in a span of TRACEPARENT. */
function printed(env: Record<string, string>, fields: string): string {
  const script = `
    import { createLogger, withSpan } from '@app/chassis/telemetry';
    const log = createLogger('alpha', process.env);
    await withSpan('work', { traceparent: '${TRACEPARENT}' }, async () => log.info(${fields}, 'task done'));`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx/esm', '--conditions=source', '--input-type=module', '--eval', script],
    { encoding: 'utf8', env: { ...process.env, ...env }, cwd: import.meta.dirname },
  );
  assert.equal(stderr, '');
  return stdout;
}

test('a log line is JSON with the service, the trace and no secret', () => {
  const line = JSON.parse(
    printed({}, `{ task: '12345', user: { password: 'p' }, request: { headers: { authorization: 'a' } } }`),
  );
  assert.ok(Date.parse(line.time) > 0);
  assert.deepEqual(
    { ...line, time: '' },
    {
      level: 30,
      time: '',
      service: 'alpha',
      trace_id: TRACE,
      task: '12345',
      user: { password: '[redacted]' },
      request: { headers: { authorization: '[redacted]' } },
      msg: 'task done',
    },
  );
});

test('in a terminal a log line reads as a sentence with its ids', () => {
  const text = printed({ LOG_FORMAT: 'text' }, `{ task: '12345', reason: 'out of luck' }`);
  assert.match(text, /^[\d:.]{12} INFO {2}alpha task done task=12345 reason="out of luck" trace=4bf92f35\n$/);
});

test('an error keeps its stack in both forms, and a level below LOG_LEVEL is not printed', () => {
  assert.match(printed({ LOG_FORMAT: 'text' }, `{ err: new Error('no luck') }`), /\nError: no luck\n {4}at /);
  assert.match(JSON.parse(printed({}, `{ err: new Error('no luck') }`)).err.stack, /no luck/);
  assert.equal(printed({ LOG_LEVEL: 'warn' }, '{}'), '');
});

test('metrics are registered by their first use and shown with those of the process', async () => {
  const metrics = createMetrics();
  metrics.counter('jobs_total', 'Jobs', ['kind']).inc({ kind: 'a' });
  metrics.counter('jobs_total', 'Jobs', ['kind']).inc({ kind: 'a' }, 2);
  metrics.gauge('queue_length', 'Queue').set({}, 7);
  metrics.histogram('job_seconds', 'Duration').observe({}, 0.2);

  const { body, contentType } = await metrics.exposition();

  assert.match(contentType, /text\/plain/);
  for (const line of ['jobs_total{kind="a"} 3', 'queue_length 7', 'job_seconds_count 1']) {
    assert.ok(body.split('\n').includes(line), line);
  }
  assert.match(body, /^process_cpu_seconds_total /m);
});

test('without an exporter a trace is begun, taken over and passed on', async () => {
  assert.equal(currentTraceparent(), undefined);
  const begun = await withSpan('begin', {}, async () => {
    const outer = currentTraceparent();
    assert.equal(
      await withSpan('inner', {}, async () => currentTraceparent()?.slice(0, 35)),
      outer?.slice(0, 35),
    );
    return outer;
  });
  assert.match(begun ?? '', /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  const taken = await withSpan('take', { traceparent: TRACEPARENT }, async () => currentTraceparent());
  assert.equal(taken?.slice(3, 35), TRACE);
});

test('a malformed traceparent begins a new trace', async () => {
  const malformed = ['', 'x', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, `ff-${TRACE}-00f067aa0ba902b7-01`];
  for (const traceparent of malformed) {
    const current = await withSpan('take', { traceparent }, async () => currentTraceparent());
    assert.match(current ?? '', /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    assert.notEqual(current?.slice(3, 35), TRACE);
  }
});
