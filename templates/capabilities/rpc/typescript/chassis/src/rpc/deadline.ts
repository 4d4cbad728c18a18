// A deadline is an instant of the monotonic clock: milliseconds of `performance.now()`. Between processes it
// travels as the time that remains, since no two machines share a clock.

/** With less time than this (milliseconds) an attempt is not made: its answer would come too late. */
export const LEAST_ATTEMPT = 5;
