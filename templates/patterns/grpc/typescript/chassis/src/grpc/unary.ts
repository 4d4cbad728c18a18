import type { handleUnaryCall } from '@grpc/grpc-js';
import { perform as answer, type Route } from '../edge/index.ts';
import { type Method, type MethodHost, perform } from './method.ts';

/** One request, one answer. */
export function unary(host: MethodHost, method: Method, route: Route): handleUnaryCall<object, object> {
  return async (call, callback) => {
    let output: object = {};
    const failure = await perform(host, method, {
      call,
      work: async (request) => {
        output = (await answer(host, route, request)) as object;
      },
    });
    if (failure) callback(failure);
    else callback(null, output);
  };
}
