import express, { type RequestHandler } from 'express';
import { z } from 'zod';
import type { Served } from '../contract/index.ts';
import { edgeMigrations, startKeyPurge } from '../edge/index.ts';
import type { Part } from '../lifecycle/part.ts';
import { createApp } from './app.ts';

const env = z.object({
  RATE_LIMIT: z.coerce.number().int().min(1).default(60_000).describe('requests a minute from one address'),
  TRUST_PROXY: z
    .string()
    .refine(isTrustable, 'write addresses and networks, such as 10.0.0.0/8, or uniquelocal')
    .optional()
    .describe('addresses of proxies whose X-Forwarded-For is believed'),
});

export interface HttpOptions {
  readonly routes: readonly Served[];
  /**
   * Middleware that runs before every operation. This is the place for authentication, which is not there: check
   * the credentials, and refuse a request by passing an error to `next`.
   */
  readonly before?: readonly RequestHandler[];
}

/** Serves operations over HTTP, beside the health and metrics that the host serves. */
export function http({ routes, before = [] }: HttpOptions): Part {
  return {
    name: 'http',
    env,
    migrations: [edgeMigrations],
    async start(host) {
      const { RATE_LIMIT, TRUST_PROXY } = env.parse(host.env);
      const stopPurge = startKeyPurge(host);
      return {
        listener: createApp(host, { routes, before, rateLimit: RATE_LIMIT, trustProxy: TRUST_PROXY }),
        stop: stopPurge,
      };
    },
  };
}

/** Whether Express can read it. A number, meant as that of the proxies on the way, would be taken for an address. */
function isTrustable(proxies: string): boolean {
  if (/^\d+$/.test(proxies)) return false;
  try {
    express().set('trust proxy', proxies);
    return true;
  } catch {
    return false;
  }
}
