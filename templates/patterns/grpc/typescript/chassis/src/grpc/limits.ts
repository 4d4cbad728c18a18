/** Bytes of a message, either way; a longer one is RESOURCE_EXHAUSTED. */
export const LARGEST_MESSAGE = 1024 * 1024;

/** Time for the calls in hand on a connection that has grown old: then it is cut. */
export const CONNECTION_GRACE_MS = 300_000;

/** A stream ends before the oldest connection that it may have begun on is cut. */
export const LONGEST_STREAM_MS = CONNECTION_GRACE_MS - 10_000;
/** Then a watch is told to begin anew; its deadline would be an error. */
export const LONGEST_WATCH_MS = LONGEST_STREAM_MS - 10_000;
