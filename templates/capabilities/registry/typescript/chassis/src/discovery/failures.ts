/** How long a registry that failed is left alone. */
export const BACKOFF = { firstMs: 200, longestMs: 5_000 };

/** What went wrong, in a sentence; fetch hides it in the cause. */
export function reasonOf(error: unknown): string {
  const { cause, message, code } = error as Error & { code?: string };
  return cause instanceof Error ? reasonOf(cause) : message || code || String(error);
}
