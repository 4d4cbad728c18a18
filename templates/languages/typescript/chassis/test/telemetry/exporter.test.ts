import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { test } from 'node:test';
import { startTracing, withSpan } from '@app/chassis/telemetry';

interface ExportedSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  kind: number;
  status: { code?: number };
  links: { traceId: string }[];
}

test('with a collector configured spans arrive there with parents, links and errors', async () => {
  const spans: ExportedSpan[] = [];
  const collector = createServer(async (request, response) => {
    // biome-ignore lint/suspicious/noExplicitAny: OTLP's own deep shape.
    const body = (await json(request)) as any;
    for (const resource of body.resourceSpans) spans.push(...resource.scopeSpans[0].spans);
    response.setHeader('content-type', 'application/json').end('{}');
  });
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = endpoint;
  try {
    const flush = await startTracing('alpha', { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const link = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;
    const outer = withSpan('outer', { traceparent, kind: 'server', links: [link] }, () =>
      withSpan('inner', {}, () => Promise.reject(new Error('no luck'))),
    );
    await assert.rejects(outer, /no luck/);
    await flush();
  } finally {
    collector.close();
    collector.closeAllConnections();
  }

  const [inner, outer] = spans;
  assert.deepEqual([inner?.name, inner?.parentSpanId, inner?.status.code], ['inner', outer?.spanId, 2]);
  assert.deepEqual([outer?.traceId, outer?.parentSpanId], ['a'.repeat(32), 'b'.repeat(16)]);
  assert.equal(outer?.kind, 2);
  assert.equal(outer?.links[0]?.traceId, 'c'.repeat(32));
});
