import { randomBytes } from 'node:crypto';
import { sha256 } from './digest.ts';

const ROUTE_BYTES = 5;
const HANDLE_BYTES = 32;
/** RFC 4648 section 6, in lower case. Five bytes are exactly eight characters, so no padding occurs. */
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const ROUTE = /^[a-z2-7]{8}$/;
/** 32 bytes are 43 characters, the last of which carries two unused bits. */
const HANDLE = /^[A-Za-z0-9_-]{43}$/;

/**
 * The route of a new tenant: 5 random bytes as 8 characters of lower-case base32. A constraint of the table keeps it
 * unique.
 */
export function newRoute(): string {
  return encodeRoute(randomBytes(ROUTE_BYTES));
}

/**
 * A new opaque secret that names its tenant: base64url of the 5 route bytes and 27 random ones (216 bits). Show it once and
 * store only its `hashHandle`.
 * @param route `tenants.route`.
 * @throws Error The route is not 8 characters of lower-case base32.
 */
export function mintHandle(route: string): string {
  if (!ROUTE.test(route)) {
    throw new Error('A tenant route is 8 characters of lower-case base32.');
  }
  return Buffer.concat([decodeRoute(route), randomBytes(HANDLE_BYTES - ROUTE_BYTES)]).toString('base64url');
}

/**
 * The tenant route in a handle. It says nothing about whether the handle exists.
 * @returns null when the text is no handle: wrong length or alphabet, or unused bits set, which would be a second spelling
 *   of another handle.
 */
export function routeOfHandle(handle: string): string | null {
  if (!HANDLE.test(handle)) {
    return null;
  }
  const bytes = Buffer.from(handle, 'base64url');
  return bytes.toString('base64url') === handle ? encodeRoute(bytes.subarray(0, ROUTE_BYTES)) : null;
}

/** UUID version 8 (RFC 9562 section 5.8), whose first bytes are those of the route. */
const ROUTED_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * A new id that names its tenant, for paths without a tenant: a UUID version 8 of the 5 route bytes and 77 random bits. It is no
 * secret.
 * @param route `tenants.route`.
 */
export function newRoutedId(route: string): string {
  const bytes = Buffer.concat([decodeRoute(route), randomBytes(16 - ROUTE_BYTES)]);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The tenant route in a routed id; null when the text is no UUID version 8 in lower case. */
export function routeOfId(id: string): string | null {
  return ROUTED_ID.test(id)
    ? encodeRoute(Buffer.from(id.slice(0, 13).replace('-', ''), 'hex').subarray(0, ROUTE_BYTES))
    : null;
}

/** SHA-256 of a handle, for storage. It has 216 random bits, so a slow hash is not needed. */
export function hashHandle(handle: string): Buffer {
  return sha256(handle);
}

/** 40 bits fit a double exactly, so plain arithmetic does what bit operators (32 bits) cannot. */
function encodeRoute(bytes: Buffer): string {
  let rest = bytes.readUIntBE(0, ROUTE_BYTES);
  let text = '';
  for (let i = 0; i < 8; i += 1) {
    text = BASE32.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function decodeRoute(route: string): Buffer {
  const value = [...route].reduce((sum, character) => sum * 32 + BASE32.indexOf(character), 0);
  const bytes = Buffer.alloc(ROUTE_BYTES);
  bytes.writeUIntBE(value, 0, ROUTE_BYTES);
  return bytes;
}
