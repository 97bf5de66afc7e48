import ipaddr from 'ipaddr.js';
import { sha256Base64Url } from '../../crypto/index.ts';
import { isStorableText, type TenantRef } from '../../kernel/index.ts';
import type { TenantSettings } from '../../tenants/index.ts';
import { fold } from '../../users/index.ts';

/**
 * Factors, which are counted separately (docs/lock-out.md): failures at the password must not use up the attempts at the
 * code, nor the reverse.
 */
export const LOCKOUT_FACTORS = ['first', 'second', 'secret-answer', 'reset-code', 'otp-resend'] as const;
export type LockoutFactor = (typeof LOCKOUT_FACTORS)[number];

/**
 * Kinds of subjects that failures are counted against: an account; a name that no account has; one device of an account; an
 * address; the tenant.
 */
export const SUBJECT_KINDS = ['account', 'name', 'device', 'ip', 'tenant'] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

export interface LockoutSubject {
  readonly kind: SubjectKind;
  readonly key: string;
}

/** One attempt to authenticate. */
export interface Attempt {
  readonly tenant: Pick<TenantRef, 'id'>;
  readonly factor: LockoutFactor;
  /** The account; null when no account has the name. */
  readonly userId: string | null;
  /** The name as typed, to count attempts without an account. */
  readonly name: string;
  /** Address of the transport, never one that a caller forwards. */
  readonly peerIp: string | null;
  /** Device on which the user signed in before; null for other devices. */
  readonly knownDeviceId: string | null;
}

export type LockoutSettings = TenantSettings['lockout'];

/** A name that no account has, ignoring case. */
export const nameSubject = (name: string): LockoutSubject => ({ kind: 'name', key: sha256Base64Url(fold(name)) });

/**
 * The account, or a hash of the folded name when no account has it. Unknown names are counted and blocked in the same way
 * as known ones, and the table does not store what attackers type.
 */
export function accountSubject({ userId, name }: Pick<Attempt, 'userId' | 'name'>): LockoutSubject {
  return userId === null ? nameSubject(name) : { kind: 'account', key: userId };
}

/** Prefix of the keys of all devices of an account; `/` cannot occur in a user id. */
export const devicePrefix = (userId: string): string => `${userId}/`;

/**
 * Separate counter of a device: an attacker elsewhere cannot use up the user's attempts, and a stolen device has no more
 * attempts than others.
 */
export function deviceSubject(userId: string, deviceId: string): LockoutSubject {
  return { kind: 'device', key: `${devicePrefix(userId)}${sha256Base64Url(deviceId)}` };
}

const V6_NETWORK_PARTS = 4;

/**
 * An IPv4 address (also a mapped one) as a whole; of IPv6 the /64, because a subscriber has at least that; null for
 * anything else.
 */
export function addressSubject(peerIp: string | null): LockoutSubject | null {
  if (peerIp === null || !ipaddr.isValid(peerIp)) return null;
  const address = ipaddr.process(peerIp);
  if (address.kind() === 'ipv4') return { kind: 'ip', key: address.toString() };
  const network = (address as ipaddr.IPv6).parts.slice(0, V6_NETWORK_PARTS).map((part) => part.toString(16));
  return { kind: 'ip', key: `${network.join(':')}::/64` };
}

/** Under what the rows of one address are bounded: the key of its subject; null where the address is not known. */
export const addressKey = (peerIp: string | null): string | null => addressSubject(peerIp)?.key ?? null;

/** The account of a row; the keys of devices contain it before the `/`. */
export function accountOf(subjectKind: string, subject: string): string | null {
  if (subjectKind === 'account') return subject;
  return subjectKind === 'device' ? subject.slice(0, subject.indexOf('/')) : null;
}

/** Whether these can be the parts of a key; no query runs for others. */
export const isCounterKey = (subjectKind: string, subject: string, factor: string): boolean =>
  SUBJECT_KINDS.some((kind) => kind === subjectKind) &&
  LOCKOUT_FACTORS.some((name) => name === factor) &&
  isStorableText(subject);
