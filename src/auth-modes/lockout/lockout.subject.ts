import ipaddr from 'ipaddr.js';
import { sha256Base64Url } from '../../crypto/index.ts';
import type { TenantRef } from '../../kernel/index.ts';
import type { TenantSettings } from '../../tenants/index.ts';
import { fold } from '../../users/index.ts';

/** What is counted apart (docs/lock-out.md): a stolen password must not use up the tries at the code, nor the reverse. */
export const LOCKOUT_FACTORS = ['first', 'second', 'secret-answer', 'reset-code', 'otp-resend'] as const;
export type LockoutFactor = (typeof LOCKOUT_FACTORS)[number];

/**
 * Whom failures are counted against: an account; a name nobody has; one device of an account; an address; the tenant.
 */
export const SUBJECT_KINDS = ['account', 'name', 'device', 'ip', 'tenant'] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

export interface LockoutSubject {
  readonly kind: SubjectKind;
  readonly key: string;
}

/** One try at proving something. */
export interface Attempt {
  readonly tenant: Pick<TenantRef, 'id'>;
  readonly factor: LockoutFactor;
  /** The account, however it was named; null when the name resolves to nobody. */
  readonly userId: string | null;
  /** The name as typed, for counting where there is no account. */
  readonly name: string;
  /** Transport address, never one a caller claims. */
  readonly peerIp: string | null;
  /** Device on which the account is known; null when it is not. */
  readonly knownDeviceId: string | null;
}

export type LockoutSettings = TenantSettings['lockout'];

/**
 * The account when the name resolves, else a hash of the folded name: unknown names are counted and blocked alike, and the
 * table does not fill up with what strangers type.
 */
export function accountSubject({ userId, name }: Pick<Attempt, 'userId' | 'name'>): LockoutSubject {
  return userId === null ? { kind: 'name', key: sha256Base64Url(fold(name)) } : { kind: 'account', key: userId };
}

/** Begins the keys of all devices of an account; `/` cannot occur in a user id. */
export const devicePrefix = (userId: string): string => `${userId}/`;

/** A device's own counter: an outsider cannot use up the owner's tries, and a stolen device has no more than others. */
export function deviceSubject(userId: string, deviceId: string): LockoutSubject {
  return { kind: 'device', key: `${devicePrefix(userId)}${sha256Base64Url(deviceId)}` };
}

const V6_NETWORK_PARTS = 4;

/** IPv4 as it is, mapped ones too; of IPv6 the /64, because a subscriber has at least one; null for what is no address. */
export function addressSubject(peerIp: string | null): LockoutSubject | null {
  if (peerIp === null || !ipaddr.isValid(peerIp)) return null;
  const address = ipaddr.process(peerIp);
  if (address.kind() === 'ipv4') return { kind: 'ip', key: address.toString() };
  const network = (address as ipaddr.IPv6).parts.slice(0, V6_NETWORK_PARTS).map((part) => part.toString(16));
  return { kind: 'ip', key: `${network.join(':')}::/64` };
}
