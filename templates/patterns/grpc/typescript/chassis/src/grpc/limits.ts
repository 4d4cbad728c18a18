/** Bytes of a message, either way; a longer one is RESOURCE_EXHAUSTED. */
export const LARGEST_MESSAGE = 1024 * 1024;
