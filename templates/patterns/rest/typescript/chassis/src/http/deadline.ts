/** Carries the remaining time of a request, in whole milliseconds. */
export const DEADLINE_HEADER = 'x-request-deadline-ms';

/** The deadline a request came with; undefined when it has none or none that makes sense. */
export function inheritedDeadline(header: string | undefined): number | undefined {
  if (header === undefined || !/^\d{1,9}$/.test(header)) return undefined;
  return performance.now() + Number(header);
}
