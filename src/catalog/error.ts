/** A mistake in `templates/`: its author's, found when the package is built, never a user's. */
export class CatalogError extends Error {
  override readonly name = 'CatalogError';

  /** `file` is relative to `templates/`; `key` is a dotted path in it. */
  constructor(file: string, key: string | null, problem: string) {
    super(key ? `templates/${file}: "${key}" ${problem}` : `templates/${file} ${problem}`);
  }
}
