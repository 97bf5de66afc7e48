import { constantTimeEqual } from '../../crypto/index.ts';
import type { CredentialStore } from '../credential.store.ts';
import { OneTimeCodeMode } from '../mode.ts';
import { hashRecoveryCode, readRecoveryCode } from './recovery-code.code.ts';

/** A right code: the list it belongs to, and its hash. */
export interface MatchedRecoveryCode {
  readonly credentialId: string;
  readonly userId: string;
  readonly hash: string;
}

/** Replaces a second factor by codes that were generated in advance. Each works once, whichever node checks it (check 45). */
export class RecoveryCodeMode extends OneTimeCodeMode<MatchedRecoveryCode> {
  readonly type = 'recovery-code';
  readonly #credentials: CredentialStore;

  constructor(credentials: CredentialStore) {
    super();
    this.#credentials = credentials;
  }

  /** Whether a code is left. */
  async isSetUp(tenantId: string, userId: string): Promise<boolean> {
    return ((await this.#credentials.findCodes(tenantId, userId, this.type))?.hashes ?? []).length > 0;
  }

  async match(tenantId: string, userId: string | null, code: string): Promise<MatchedRecoveryCode | null> {
    const owner = userId ?? '';
    const typed = readRecoveryCode(code);
    const hash = hashRecoveryCode(tenantId, owner, typed ?? '');
    // Run the query even when there is no account, so that the response time does not reveal it.
    const stored = await this.#credentials.findCodes(tenantId, owner, this.type);
    if (stored === null || typed === null) return null;
    const isLeft = stored.hashes.filter((left) => constantTimeEqual(left, hash)).length > 0;
    return isLeft ? { credentialId: stored.id, userId: owner, hash } : null;
  }

  async spend(tenantId: string, matched: MatchedRecoveryCode): Promise<boolean> {
    return (await this.take(tenantId, matched)) !== null;
  }

  /** Uses a matched code up. @returns How many codes are left; null when a concurrent attempt used this one. */
  take(tenantId: string, { credentialId, hash }: MatchedRecoveryCode): Promise<number | null> {
    return this.#credentials.takeCode(tenantId, credentialId, hash);
  }
}
