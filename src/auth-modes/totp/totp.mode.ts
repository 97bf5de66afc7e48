import type { Clock } from '../../kernel/index.ts';
import type { CredentialInfo, CredentialStore } from '../credential.store.ts';
import { OneTimeCodeMode } from '../mode.ts';
import { stepOfCode, TOTP_SHAPE } from './totp.code.ts';

export interface TotpModeDeps {
  readonly credentials: CredentialStore;
  readonly clock: Clock;
}

/** A right code: the credential it belongs to, and its step. */
export interface MatchedCode {
  readonly credentialId: string;
  readonly step: number;
}

const STEP = 'lastStep';

/** The `data` of an app after a code of `step` was accepted. */
export const detailsAfter = (step: number): Readonly<Record<string, unknown>> => ({ ...TOTP_SHAPE, [STEP]: step });

/** The newest step whose code was accepted; -1 when there is none. */
const lastStepOf = ({ data }: Pick<CredentialInfo, 'data'>): number =>
  Number.isSafeInteger(data[STEP]) ? (data[STEP] as number) : -1;

/** Second factor by time-based codes (RFC 6238). Each code works once, whichever node checks it (check 45). */
export class TotpMode extends OneTimeCodeMode<MatchedCode> {
  readonly type = 'totp';
  readonly #deps: TotpModeDeps;

  constructor(deps: TotpModeDeps) {
    super();
    this.#deps = deps;
  }

  async isSetUp(tenantId: string, userId: string): Promise<boolean> {
    return (await this.ofUser(tenantId, userId)).length > 0;
  }

  /** The apps of an account, oldest first. */
  async ofUser(tenantId: string, userId: string): Promise<readonly CredentialInfo[]> {
    const all = (await this.#deps.credentials.ofUsers(tenantId, [userId])).get(userId) ?? [];
    return all.filter(({ type }) => type === this.type);
  }

  /** The app of the account that shows this code now, unless the code was already accepted. Changes nothing. */
  async match(tenantId: string, userId: string | null, code: string): Promise<MatchedCode | null> {
    const { credentials, clock } = this.#deps;
    const now = clock.now();
    // Run the query even when there is no account, so that the response time does not reveal it.
    for (const credential of await this.ofUser(tenantId, userId ?? '')) {
      const secret = await credentials.openSecret(tenantId, credential.id);
      const step = secret === null ? null : stepOfCode(secret.toString(), code, now, lastStepOf(credential));
      if (step !== null) return { credentialId: credential.id, step };
    }
    return null;
  }

  /** Uses a matched code up. @returns False when a concurrent attempt used it. */
  spend(tenantId: string, { credentialId, step }: MatchedCode): Promise<boolean> {
    return this.#deps.credentials.raise(tenantId, credentialId, STEP, step);
  }
}
