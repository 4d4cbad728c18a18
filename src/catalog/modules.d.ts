/** Made at build time by `scripts/catalog-modules.ts`. */

declare module 'catalog:index' {
  export const index: import('./catalog.ts').CatalogIndex;
  /** Of this package. */
  export const version: string;
}

declare module 'catalog:templates' {
  export const templates: import('./catalog.ts').Catalog['templates'];
}
