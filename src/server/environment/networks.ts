import ipaddr from 'ipaddr.js';
import type { PrivateHosts } from '../../kernel/index.ts';

/** A network: address and prefix length, as ipaddr.js reads CIDR. */
export type CidrRange = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** A host name (RFC 1123 section 2.1). */
export const HOST = /^[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*$/;

/** The items of a list that are separated by commas. */
export const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Reads an address or a CIDR range. @throws Error The text is neither. */
export function parseRange(text: string): CidrRange {
  try {
    if (text.includes('/')) return ipaddr.parseCIDR(text);
    const address = ipaddr.parse(text);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch {
    throw new Error(`"${text}" is neither an IP address nor a CIDR range`);
  }
}

/** Whether it is to be read as an address or a range: names may begin with a digit too, but have another end. */
const isRange = (text: string): boolean => text.includes('/') || ipaddr.isValid(text);

/** Reads names, addresses and ranges of the operator's network. @throws Error The text names something else. */
export function parsePrivateHosts(text: string): PrivateHosts {
  const listed = listOf(text);
  const names = listed.filter((item) => !isRange(item)).map((name) => name.toLowerCase());
  const wrong = names.find((name) => !HOST.test(name));
  if (wrong !== undefined) throw new Error(`"${wrong}" is neither a host name nor an IP address nor a CIDR range`);
  return { names, networks: listed.filter(isRange).map(parseRange) };
}
