import express, { type Request, type RequestHandler } from 'express';
import { invalidArgument } from '../errors/index.ts';

/** Bytes of a body; a longer one is refused with 413. */
const parseJson = express.json({ limit: 100 * 1024 });

/** Reads a JSON body; one of another type is refused with 415. */
export const readBody: RequestHandler = (request, response, next) => {
  if (request.is('json') === false) next({ status: 415 });
  else parseJson(request, response, next);
};

/**
 * The body of a POST or PUT, else the query, and the path parameters as one object; the path says what is addressed, so
 * it wins. What belongs in a body is not taken from a query, which ends up in the logs of proxies.
 */
export function rawInput({ method, query, body = {}, params }: Request): unknown {
  if (method !== 'POST' && method !== 'PUT') return { ...query, ...params };
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalidArgument('The body is not a JSON object');
  }
  return { ...body, ...params };
}
