// What brokers have room for: a dead letter that does not fit holds up its channel.
import { fromHeaders, toHeaders } from './envelope.ts';
import type { DeadLetter } from './transport.ts';

export interface Room {
  /** Of all headers, in UTF-8. */
  readonly bytes: number;
  /** Of one text. */
  readonly chars: number;
}

/** What is larger is too large to be handled, and is cut off, so that the letter fits wherever it is put. */
const BODY_BYTES = 512 * 1024;

/** The body, or its beginning; `cut` says so. */
export function fittingBody(text: string): { readonly body: Buffer; readonly cut: string } {
  const all = Buffer.from(text);
  if (all.length <= BODY_BYTES) return { body: all, cut: '' };
  return {
    body: all.subarray(0, BODY_BYTES),
    cut: ` (the first ${BODY_BYTES} of ${all.length} bytes are kept)`,
  };
}

/** All headers, or those of the envelope alone where all are too many; `lost` says so. */
export function fittingHeaders(
  all: DeadLetter['headers'],
  { bytes: most, chars }: Room,
): { readonly headers: DeadLetter['headers']; readonly lost: string } {
  // What JSON has around each is about what brokers have.
  const bytes = Buffer.byteLength(JSON.stringify(all));
  if (bytes <= most) return { headers: all, lost: '' };
  const envelope = fromHeaders(all);
  const own = envelope ? Object.entries(toHeaders(envelope)) : [];
  const headers = Object.fromEntries(own.filter(([, text]) => text.length <= chars));
  return { headers, lost: ` (of ${bytes} bytes of headers those of the envelope are kept)` };
}
