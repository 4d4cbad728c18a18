// Tells "the database cannot work now" from "this statement was wrong". The first is nobody's fault:
// a consumer pauses and counts no attempt, an HTTP request gets 503.

// Connection exceptions, insufficient resources, and the server going down or coming up.
const SQLSTATE = /^(08...|53...|57P0.)$/;

const SYSTEM = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

// pg reports these without a code.
const MESSAGE =
  /^(timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client (was closed and is|has encountered a connection error and is) not queryable)/;

/** Whether `error`, thrown by the database, says that it cannot be reached or cannot serve now. */
export function isInfrastructureError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return code === undefined ? MESSAGE.test(error.message) : SQLSTATE.test(code) || SYSTEM.has(code);
}
