// The APIs of each service: contracts/openapi/<service>.json.
import { openApiDocument } from '@app/chassis/http';
import type { Contracts, Documents } from './read.ts';

export function openApi({ version, apis }: Contracts): Documents {
  const services = [...new Set(apis.map(({ service }) => service))];
  const document = (title: string) =>
    openApiDocument({ title, version, apis: apis.filter(({ service }) => service === title) });
  return Object.fromEntries(services.map((service) => [`openapi/${service}.json`, document(service)]));
}
