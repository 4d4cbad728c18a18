// Keeps a list of the instances of one service, whatever the registry does.
import type { Logger } from '../telemetry/index.ts';
import { fullJitter, pause } from '../waiting/index.ts';
import { BACKOFF, reasonOf } from './failures.ts';
import { probeUntilGone } from './probe.ts';
import type { Instance, Registry } from './registry.ts';

export interface Follower {
  /** Why the list is not the newest; undefined while the registry tells of changes. */
  readonly interrupted: () => string | undefined;
  /** Whether the registry has ever told a list. */
  readonly known: () => boolean;
  stop(): Promise<void>;
}

interface FollowOptions {
  readonly registry: Registry;
  readonly log: Logger;
  /** The URLs of an instance that calls can go to. */
  readonly urlsOf: (instance: Instance) => readonly string[];
  /** The URLs of all instances, after each change. */
  readonly onUrls: (urls: readonly string[]) => void;
}

/**
 * Follows `service` until it is stopped. An empty list after one that was not is more likely the registry's loss than
 * the end of all instances, and one that comes after an interruption may be what a new registry was told so far. So those
 * that are missing are kept until they are listed anew, or nothing listens there any more.
 */
export function follow(service: string, { registry, log, urlsOf, onUrls }: FollowOptions): Follower {
  const stopping = new AbortController();
  const { signal } = stopping;
  let interrupted: string | undefined = 'no answer yet';
  let known = false;
  let failures = 0;
  let urls: readonly string[] = [];
  /** Those of them that are not listed. */
  let kept: readonly string[] = [];
  let probing = new AbortController();

  const change = (next: readonly string[]) => {
    urls = next;
    log.info({ dependency: service, instances: urls.length }, 'instances changed');
    onUrls(urls);
  };
  const onList = (instances: readonly Instance[]) => {
    const isBack = known && interrupted !== undefined;
    if (isBack) log.info({ dependency: service }, 'the registry is back');
    interrupted = undefined;
    known = true;
    failures = 0;
    const listed = instances.flatMap(urlsOf);
    if (listed.length > 0) keep((isBack ? urls : kept).filter((url) => !listed.includes(url)));
    else if (urls.length > 0) {
      log.warn(
        { dependency: service, instances: urls.length },
        'no instance is listed any more, the last ones are kept',
      );
      keep(urls);
    }
    const next = [...listed, ...kept].sort();
    if (next.join() !== urls.join()) change(next);
  };
  const keep = (next: readonly string[]) => {
    if (next.join() === kept.join()) return;
    kept = next;
    probing.abort();
    probing = new AbortController();
    const onGone = (url: string) => {
      kept = kept.filter((one) => one !== url);
      change(urls.filter((one) => one !== url));
    };
    void probeUntilGone(kept, { signal: probing.signal, onGone });
  };

  async function keepFollowing(): Promise<void> {
    while (!signal.aborted) {
      try {
        await registry.follow(service, { onList, signal });
      } catch (error) {
        if (signal.aborted) return;
        const reason = reasonOf(error);
        if (reason !== interrupted)
          log.warn({ dependency: service, error: reason }, 'the registry cannot be followed');
        interrupted = reason;
        await pause(fullJitter(failures++, BACKOFF), signal);
      }
    }
  }

  const done = keepFollowing();
  return {
    interrupted: () => interrupted,
    known: () => known,
    stop: async () => {
      stopping.abort();
      probing.abort();
      await done;
    },
  };
}
