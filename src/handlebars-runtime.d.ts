/** Handlebars ships no types for the file that bundlers and Node can both import. */
declare module 'handlebars/runtime.js' {
  interface Runtime {
    create(): Runtime;
    readonly helpers: Readonly<Record<string, unknown>>;
    unregisterHelper(name: string): void;
    registerHelper(helpers: object): void;
    template(precompiled: object): (context: object) => string;
  }
  const runtime: Runtime;
  export default runtime;
}
