import { type LookupAddress, lookup } from 'node:dns';
import { isIP, type LookupFunction, Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import { type Found, Lookups } from './lookups.ts';
import { nameResolver } from './name-resolver.ts';

/** A network: address and prefix length, as ipaddr.js reads CIDR. */
export type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** What of the operator's network the addresses that a tenant names may lead to. */
export interface PrivateHosts {
  /** Host names in lower case, wherever they lead. */
  readonly names: readonly string[];
  readonly networks: readonly Network[];
}

/** This machine (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3). */
export const LOOPBACK_NETWORKS: readonly Network[] = [ipaddr.parseCIDR('127.0.0.0/8'), ipaddr.parseCIDR('::1/128')];

/** A host that a tenant named leads into the operator's network, and the operator does not allow it. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';

  constructor() {
    super('The host is in a private network, and PRIVATE_HOSTS does not list it.');
  }
}

/**
 * Whether a host that a tenant named may be reached at an address: a public one, or one that the operator allows.
 * @param host Name or address as the tenant wrote it.
 * @param address What the name was resolved to.
 */
export function mayReach({ names, networks }: PrivateHosts, host: string, address: string): boolean {
  if (names.includes(host.toLowerCase())) return true;
  // An IPv4 address inside an IPv6 one (RFC 4291 section 2.5.5.2) leads to the same place.
  const found = ipaddr.process(address);
  if (found.range() === 'unicast') return true;
  return networks.some(([network, bits]) => network.kind() === found.kind() && found.match(network, bits));
}

/** Names that tenants gave: these hold nothing but a socket. */
const NAMES = new Lookups(nameResolver(), 64);
/** Names that the machine or its network knows: half of the threads that the pool of the process has unless the operator says otherwise. */
const LOCAL_NAMES = new Lookups(lookup, 2);

const LOOPBACK: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** The addresses of a host that needs no look-up: this machine (RFC 6761 section 6.3), or an address in any spelling. */
function knownAddresses(host: string): readonly LookupAddress[] | null {
  if (/^(.+\.)?localhost$/i.test(host)) return LOOPBACK;
  const address =
    /^[\da-fx.]+$/i.test(host) && URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : host;
  const family = isIP(address);
  return family === 0 ? null : [{ address, family }];
}

/** A name without a dot, or one that the operator lists, may be in a file of the machine; others are asked of name servers. */
const isLocal = ({ names }: PrivateHosts, host: string): boolean =>
  !host.includes('.') || names.includes(host.toLowerCase());

/** Finds the addresses at which a host may be reached, so that no other one is connected to. */
function findAddresses(
  allowed: PrivateHosts,
  host: string,
  tenantId: string,
  isWanted: () => boolean,
  found: Found,
): void {
  const check: Found = (error, addresses) => {
    if (error !== null) return found(error, []);
    const reachable = addresses.filter(({ address }) => mayReach(allowed, host, address));
    found(reachable.length === 0 ? new AddressRefusedError() : null, reachable);
  };
  const known = knownAddresses(host);
  const lookups = isLocal(allowed, host) ? LOCAL_NAMES : NAMES;
  if (known !== null) process.nextTick(check, null, known);
  else lookups.find(host, tenantId, isWanted, check);
}

/**
 * The addresses at which a host that a tenant named may be reached.
 * @param host A name, or an address without brackets.
 * @throws AddressRefusedError It may not be reached.
 * @throws Error It has no address, its name server did not answer in time, or the signal came first.
 */
export function addressesOf(
  allowed: PrivateHosts,
  host: string,
  tenantId: string,
  signal: AbortSignal | undefined,
): Promise<readonly LookupAddress[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly LookupAddress[]>();
  const giveUp = () => reject(signal!.reason);
  if (signal?.aborted) giveUp();
  else {
    signal?.addEventListener('abort', giveUp, { once: true });
    findAddresses(
      allowed,
      host,
      tenantId,
      () => signal?.aborted !== true,
      (error, found) => {
        signal?.removeEventListener('abort', giveUp);
        if (error === null) resolve(found);
        else reject(error);
      },
    );
  }
  return promise;
}

/** Begins to connect to one of the addresses of a host; the socket has the event `error` when it cannot be reached. */
export function connectToOneOf(addresses: readonly LookupAddress[], host: string, port: number): Socket {
  const given: LookupFunction = (_host, _options, found) => found(null, [...addresses]);
  return new Socket().connect({ host, port, autoSelectFamily: true, lookup: given });
}

/**
 * Begins to connect to a host that a tenant named; the socket has the event `error` when it cannot be reached, an
 * `AddressRefusedError` when it may not. The address is checked after the name was resolved, and the checked address is the
 * one that is connected to.
 * @param host A name, or an address without brackets.
 * @throws AddressRefusedError The host is an address that may not be reached.
 */
export function connectTo(allowed: PrivateHosts, host: string, port: number, tenantId: string): Socket {
  if (isIP(host) !== 0 && !mayReach(allowed, host, host)) throw new AddressRefusedError();
  const socket = new Socket();
  const lookupIn: LookupFunction = (name, _options, found) =>
    findAddresses(allowed, name, tenantId, () => !socket.destroyed, found);
  return socket.connect({ host, port, autoSelectFamily: true, lookup: lookupIn });
}
