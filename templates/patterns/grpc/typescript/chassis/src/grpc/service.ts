import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Served } from '../contract/index.ts';
import { type Route, routesOf } from '../edge/index.ts';
import type { Method, MethodHost } from './method.ts';
import { methodOf, type Proto } from './proto.ts';
import { allPages, changes, streaming } from './stream.ts';
import { unary } from './unary.ts';

/** The methods of a proto's service, made of the handlers of an API. */
export function implementation(host: MethodHost, served: Served, proto: Proto): UntypedServiceImplementation {
  return Object.fromEntries(routesOf(served).flatMap((route) => methodsOf(host, route, proto)));
}

function methodsOf(service: MethodHost, route: Route, proto: Proto) {
  const { name, operation } = route;
  const host: MethodHost = { ...service, log: service.log.child({ operation: name }) };
  const describe = (operationName: string): Method => ({
    path: methodOf(proto, operationName).path.slice(1),
    writes: operation.method !== 'GET',
  });
  const method = describe(name);
  const main = operation.pages
    ? streaming(host, method, { route, source: allPages })
    : unary(host, method, route);
  const watch = operation.watch;
  return [
    [pascal(name), main] as const,
    ...(watch
      ? [
          [
            pascal(watch.name),
            streaming(host, { ...describe(watch.name), endless: true }, { route, source: changes }),
          ] as const,
        ]
      : []),
  ];
}

const pascal = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
