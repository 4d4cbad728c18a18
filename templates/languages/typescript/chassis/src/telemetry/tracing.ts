// Traces with the OpenTelemetry API. Spans are made by hand at the few borders that the chassis owns rather than by
// instrumentations: those patch modules through loader hooks, which for ES modules are experimental and have to run
// before the first import.
//
// Without an exporter no span is recorded, but the trace context is still taken over and passed on, so that the
// logs of all services carry the same trace id.
import * as otel from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';

otel.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

export interface SpanOptions {
  /** W3C trace context of the cause; without it the span belongs to the one that is active, or starts a trace. */
  readonly traceparent?: string | undefined;
  readonly kind?: 'server' | 'client' | 'producer' | 'consumer' | 'internal';
  readonly attributes?: otel.Attributes;
  /** Trace contexts of work that this belongs to but that ended long ago (a sweeper, a step hours later). */
  readonly links?: readonly string[];
}

const KINDS = {
  internal: otel.SpanKind.INTERNAL,
  server: otel.SpanKind.SERVER,
  client: otel.SpanKind.CLIENT,
  producer: otel.SpanKind.PRODUCER,
  consumer: otel.SpanKind.CONSUMER,
};

let exporting = false;

/**
 * Sends spans to the collector that `OTEL_EXPORTER_OTLP_ENDPOINT` names; without it the SDK is not even loaded.
 * Returns what flushes the last spans at the end of the process.
 */
export async function startTracing(
  service: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<() => Promise<void>> {
  if (!env.OTEL_EXPORTER_OTLP_ENDPOINT) return async () => {};
  const [{ BatchSpanProcessor, TracerProvider }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  });
  otel.trace.setGlobalTracerProvider(provider);
  exporting = true;
  return () => provider.shutdown();
}

/** Runs `work` in a span of its own; an error that leaves it is recorded. */
export function withSpan<T>(
  name: string,
  options: SpanOptions,
  work: (span: otel.Span) => Promise<T>,
): Promise<T> {
  const active = otel.context.active();
  const parent = options.traceparent === undefined ? undefined : parse(options.traceparent);
  const context = parent ? otel.trace.setSpanContext(active, parent) : active;
  if (exporting) return recorded(name, options, { context, work });
  const span = otel.trace.wrapSpanContext(otel.trace.getSpanContext(context) ?? newTrace());
  return otel.context.with(otel.trace.setSpan(context, span), work, undefined, span);
}

async function recorded<T>(
  name: string,
  { kind = 'internal', attributes = {}, links = [] }: SpanOptions,
  { context, work }: { context: otel.Context; work: (span: otel.Span) => Promise<T> },
): Promise<T> {
  const linked = links.map(parse).flatMap((other) => (other ? { context: other } : []));
  const span = otel.trace
    .getTracer('chassis')
    .startSpan(name, { kind: KINDS[kind], attributes, links: linked }, context);
  try {
    return await otel.context.with(otel.trace.setSpan(context, span), work, undefined, span);
  } catch (error) {
    span.recordException(error instanceof Error ? error : String(error));
    span.setStatus({ code: otel.SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

/** The active trace context as the header `traceparent` carries it. */
export function currentTraceparent(): string | undefined {
  const span = currentSpan();
  return span && `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`;
}

/** Ids of the active span. */
export function currentSpan(): otel.SpanContext | undefined {
  return otel.trace.getSpanContext(otel.context.active());
}

/** Undefined for anything that is not a W3C trace context: a foreign header must not break a request. */
function parse(traceparent: string): otel.SpanContext | undefined {
  const match = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-|$)/.exec(traceparent);
  const [, traceId = '', spanId = '', flags = ''] = match ?? [];
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
  return otel.isSpanContextValid(context) ? context : undefined;
}

// Marked as sampled: a service further down may have an exporter.
function newTrace(): otel.SpanContext {
  return { traceId: randomHex(4), spanId: randomHex(2), traceFlags: otel.TraceFlags.SAMPLED };
}

// Ids are unique, not secret; Math.random is what the SDK takes, too.
function randomHex(words: number): string {
  let hex = '';
  for (let i = 0; i < words; i++) hex += ((Math.random() * 2 ** 32) >>> 0).toString(16).padStart(8, '0');
  return hex;
}
