/** Rows by their key, in the order in which they come. */
export function byKey<T extends { readonly key: string }>(rows: readonly T[]): Map<string, T[]> {
  const result = new Map<string, T[]>();
  for (const row of rows) {
    const own = result.get(row.key);
    if (own) own.push(row);
    else result.set(row.key, [row]);
  }
  return result;
}
