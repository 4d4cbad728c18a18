// The APIs of each service as protos: contracts/proto/<service>/v1/<service>.proto. Names, numbers and comments stay
// what the committed file says; what the schemas have and it lacks is added, with the next number.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Api } from '@app/chassis/contract';
import { fitApi } from './proto/fit.ts';
import { parseProto } from './proto/parse.ts';
import { printProto } from './proto/print.ts';
import type { Contracts, Documents } from './read.ts';

export function protos({ folder, apis }: Contracts): Documents {
  return Object.fromEntries(apis.map((api) => protoOf(api, folder)));
}

function protoOf(api: Api, folder: string): [path: string, text: string] {
  const name = api.service.replaceAll('-', '_');
  const path = `proto/${name}/v1/${name}.proto`;
  const file = join(folder, path);
  const committed = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  return [path, printProto(fitApi(api, committed === undefined ? undefined : parseProto(committed)))];
}
