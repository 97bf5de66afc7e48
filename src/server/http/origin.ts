import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';
import { hostNameOf, newId, type Origin } from '../../kernel/index.ts';
import type { CidrRange } from '../environment/networks.ts';

/** Longer User-Agents are cut, because they are stored with every event. */
const MAX_USER_AGENT = 512;
/** Far more proxies than any request passes; a longer list can only be an attempt to cause work. */
const MAX_HOPS = 32;

/**
 * Normalises an address, so that counters can compare it: IPv4-mapped IPv6 as IPv4, IPv6 compressed, no zone, no port.
 * @returns Null when the text is not an address.
 */
export function normaliseAddress(text: string): string | null {
  const bare = text.trim().replace(/^"|"$/g, '');
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(bare)?.[1];
  const withPort = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(bare)?.[1];
  const address = (bracketed ?? withPort ?? bare).replace(/%.*$/, '');
  // ipaddr.js also reads `0x7f.1` and `2130706433` as IPv4, which no proxy sends.
  if (!ipaddr.IPv6.isValid(address) && !ipaddr.IPv4.isValidFourPartDecimal(address)) return null;
  return ipaddr.process(address).toString();
}

function isTrusted(address: string, trusted: readonly CidrRange[]): boolean {
  const parsed = ipaddr.process(address);
  return trusted.some(([network, bits]) => parsed.kind() === network.kind() && parsed.match(network, bits));
}

/** Recent addresses of peers, normalised: 1,024 of about 100 bytes. Most requests come from a few proxies. */
const SPELLINGS = new LRUCache<string, string>({ max: 1024 });

function spelledAddress(socketAddress: string): string | null {
  const known = SPELLINGS.get(socketAddress);
  if (known !== undefined) return known;
  const address = normaliseAddress(socketAddress);
  if (address !== null) SPELLINGS.set(socketAddress, address);
  return address;
}

/**
 * The address of the client, as far as trusted proxies report it. `X-Forwarded-For` is read from the right; the first entry
 * that is not a trusted proxy is the client. Entries left of it were sent by the client and are not trusted.
 * @param socketAddress The address of the TCP connection.
 */
export function peerAddress(
  socketAddress: string | undefined,
  forwardedFor: string | undefined,
  trusted: readonly CidrRange[],
): string | null {
  let peer = spelledAddress(socketAddress ?? '');
  if (peer === null || trusted.length === 0 || forwardedFor === undefined) return peer;
  const hops = forwardedFor.split(',').slice(-MAX_HOPS);
  while (hops.length > 0 && isTrusted(peer, trusted)) {
    const hop = normaliseAddress(hops.pop()!);
    // A trusted proxy wrote something that is not an address ("unknown", RFC 7239 section 6): use the last known address.
    if (hop === null) return peer;
    peer = hop;
  }
  return peer;
}

/** Reduces an IPv6 address to its /64, because one household or server has a whole /64 and can change its address at will. */
function groupOf(address: string): string {
  const parsed = ipaddr.parse(address);
  return parsed.kind() === 'ipv6' ? (parsed as ipaddr.IPv6).parts.slice(0, 4).join(':') : address;
}

/** The address of a request as limits count it: of IPv6 its /64; null if it has none. */
export function addressGroupOf({ headers, socket }: IncomingMessage, trusted: readonly CidrRange[]): string | null {
  const peer = peerAddress(socket.remoteAddress, single(headers['x-forwarded-for']), trusted);
  return peer === null ? null : groupOf(peer);
}

function single(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.join(',');
}

/** Recent `Host` headers and the names in them, empty where there is none: 1,024 of about 200 bytes. Most requests have the same. */
const HOSTS = new LRUCache<string, string>({ max: 1024 });
/** A longer header holds no name, and would make the memory of the cache unbounded. */
const MAX_HOST_HEADER = 260;

function addressedHost(header: string | undefined): string | null {
  if (header === undefined || header.length > MAX_HOST_HEADER) return null;
  const name = HOSTS.get(header) ?? hostNameOf(header) ?? '';
  HOSTS.set(header, name);
  return name === '' ? null : name;
}

/**
 * The origin of a request. `ip` and `peerIp` are equal here; a dialect that documents a header with the address of the end user
 * replaces `ip`.
 * @param api The API that was called, see `Origin.api`.
 */
export function originOf(
  request: Pick<IncomingMessage, 'headers' | 'socket'>,
  trusted: readonly CidrRange[],
  api: string,
): Origin {
  const ip = peerAddress(request.socket.remoteAddress, single(request.headers['x-forwarded-for']), trusted);
  const userAgent = request.headers['user-agent']?.slice(0, MAX_USER_AGENT) ?? null;
  const host = addressedHost(request.headers.host);
  return { ip, peerIp: ip, userAgent, host, api, processId: newId() };
}
