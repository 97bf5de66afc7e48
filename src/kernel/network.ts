import { lookup } from 'node:dns';
import { isIP, type LookupFunction, Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Lookups } from './lookups.ts';

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

/** Half of the threads that the pool of the process has unless the operator says otherwise. */
const LOOKUPS = new Lookups(lookup, 2);

/** Resolves a name to the addresses at which it may be reached, so that no other one is connected to. */
const lookupIn =
  (allowed: PrivateHosts, isWanted: () => boolean): LookupFunction =>
  (host, options, callback) => {
    LOOKUPS.find(host, { ...options, all: true }, isWanted, (error, found) => {
      if (error !== null) return callback(error, []);
      const reachable = found.filter(({ address }) => mayReach(allowed, host, address));
      callback(reachable.length === 0 ? new AddressRefusedError() : null, reachable);
    });
  };

/**
 * Begins to connect to a host that a tenant named; the socket has the event `error` when it cannot be reached, an
 * `AddressRefusedError` when it may not. The address is checked after the name was resolved, and the checked address is the
 * one that is connected to.
 * @param host A name, or an address without brackets.
 * @throws AddressRefusedError The host is an address that may not be reached.
 */
export function connectTo(allowed: PrivateHosts, host: string, port: number): Socket {
  if (isIP(host) !== 0 && !mayReach(allowed, host, host)) throw new AddressRefusedError();
  const socket = new Socket();
  return socket.connect({ host, port, autoSelectFamily: true, lookup: lookupIn(allowed, () => !socket.destroyed) });
}
