import express, { type Request, type RequestHandler } from 'express';
import { invalidArgument } from '../errors/index.ts';

/** Bytes of a body; a longer one is refused with 413. */
const parseJson = express.json({ limit: 100 * 1024 });

/** Reads a JSON body; one of another type is refused with 415. */
export const readBody: RequestHandler = (request, response, next) => {
  if (request.is('json') === false) next({ status: 415 });
  else parseJson(request, response, next);
};

/** Query, body and path parameters as one object; the path says what is addressed, so it wins. */
export function rawInput({ query, body, params }: Request): unknown {
  if (body === undefined) return { ...query, ...params };
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalidArgument('The body is not a JSON object');
  }
  return { ...query, ...body, ...params };
}
