/** The packages that a source needs, as fragments of the manifests of their areas. */

import type { Catalog, Source } from '../catalog/catalog.ts';
import type { Plan } from '../plan/plan.ts';
import type { Contribution } from './render.ts';

const folders = {
  root: () => [''],
  chassis: (language: string) => [`chassis/${language}/`],
  contracts: () => ['contracts/'],
  service: (language: string, plan: Plan) =>
    plan.services.filter((service) => service.language === language).map(({ name }) => `services/${name}/`),
} as const;

/** One fragment for each manifest that the source adds packages to; versions are the language's. */
export function packageFragments(
  source: Source,
  { plan, catalog }: { readonly plan: Plan; readonly catalog: Catalog },
): readonly Contribution[] {
  const languages = [...new Set(plan.services.map(({ language }) => language))];
  return languages.flatMap((language) => {
    const section = source.sections[language];
    const versions = catalog.versions[language] ?? {};
    return (Object.keys(folders) as (keyof typeof folders)[]).flatMap((area) => {
      const manifest = Object.fromEntries(
        (['dependencies', 'devDependencies'] as const).flatMap((kind) => {
          const names = section?.[kind][area] ?? [];
          return names.length === 0
            ? []
            : [[kind, Object.fromEntries(names.map((name) => [name, versions[name]]))]];
        }),
      );
      if (Object.keys(manifest).length === 0) return [];
      const text = `${JSON.stringify(manifest, null, 2)}\n`;
      return folders[area](language, plan).map((folder) => ({ path: `${folder}package.json`, text, source }));
    });
  });
}
