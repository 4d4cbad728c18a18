// A deadline is an instant of the monotonic clock: milliseconds of `performance.now()`. Between processes it
// travels as the time that remains, since no two machines share a clock.

/** Carries the remaining time of a request, in whole milliseconds. */
export const DEADLINE_HEADER = 'x-request-deadline-ms';

/** With less time than this (milliseconds) an attempt is not made: its answer would come too late. */
export const LEAST_ATTEMPT = 5;

/** The deadline a request came with; undefined when it has none or none that makes sense. */
export function inheritedDeadline(header: string | undefined): number | undefined {
  if (header === undefined || !/^\d{1,9}$/.test(header)) return undefined;
  return performance.now() + Number(header);
}
