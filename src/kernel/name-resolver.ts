import { promises } from 'node:dns';
import type { Resolve } from './lookups.ts';

export interface NameResolverOptions {
  /** How long a name server may take. Default 2 s. */
  readonly timeoutMs?: number;
  /** Addresses of name servers, with their ports. Default: those of the machine. */
  readonly servers?: readonly string[];
}

/** Asks name servers for addresses, once. Unlike `lookup` of `node:dns` it holds no thread of the pool of the process while they take their time. */
export function nameResolver({ timeoutMs = 2_000, servers }: NameResolverOptions = {}): Resolve {
  const resolver = new promises.Resolver({ timeout: timeoutMs, tries: 1 });
  if (servers !== undefined) resolver.setServers(servers);
  return (host, _options, found) => {
    Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]).then(([four, six]) => {
      const addresses = [
        ...(four.status === 'fulfilled' ? four.value.map((address) => ({ address, family: 4 })) : []),
        ...(six.status === 'fulfilled' ? six.value.map((address) => ({ address, family: 6 })) : []),
      ];
      if (addresses.length > 0) found(null, addresses);
      else found((four as PromiseRejectedResult).reason, []);
    });
  };
}
