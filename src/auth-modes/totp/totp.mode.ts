import type { Clock } from '../../kernel/index.ts';
import type { TenantDirectory } from '../../tenants/index.ts';
import type { CredentialStore } from '../credential.store.ts';
import type { CredentialInfo } from '../credential-reader.ts';
import { OneTimeCodeMode } from '../mode.ts';
import { type OtpShape, stepOfCode, USUAL_SHAPE } from './totp.code.ts';

export interface TotpModeDeps {
  readonly credentials: CredentialStore;
  readonly directory: Pick<TenantDirectory, 'byId'>;
  readonly clock: Clock;
}

/** A right code: the credential it belongs to, and its step. */
export interface MatchedCode {
  readonly credentialId: string;
  readonly step: number;
  /** Whether the tenant allows its codes to be used again. */
  readonly canBeReused: boolean;
}

/** What a tenant allows of codes, and of new apps. */
export interface OtpPolicy {
  /** Of apps that are attached from now on. Those that are attached keep theirs. */
  readonly shape: OtpShape;
  /** The first counter of a new app. */
  readonly initialCounter: number;
  readonly lookAhead: number;
  readonly canBeReused: boolean;
}

const STEP = 'lastStep';

/** The `data` of an app after a code of `step` was accepted. */
export const detailsAfter = (shape: OtpShape, step: number): Readonly<Record<string, unknown>> => ({
  ...shape,
  [STEP]: step,
});

/** The newest step whose code was accepted; -1 when there is none. */
const lastStepOf = ({ data }: Pick<CredentialInfo, 'data'>): number =>
  Number.isSafeInteger(data[STEP]) ? (data[STEP] as number) : -1;

/** The shape that an app was attached with; apps of earlier versions have the usual one, without its type. */
const shapeOf = ({ data }: Pick<CredentialInfo, 'data'>): OtpShape => ({
  ...USUAL_SHAPE,
  ...(data as Partial<OtpShape>),
});

/** Second factor by codes of an app (RFC 4226, RFC 6238). Each works once, whichever node checks it (check 45), unless the tenant lets codes be reused. */
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
    const all = await this.#deps.credentials.ofUser(tenantId, userId);
    return all.filter(({ type }) => type === this.type);
  }

  /** The setting `otp` of a tenant. */
  async policyOf(tenantId: string): Promise<OtpPolicy> {
    const known = await this.#deps.directory.byId(tenantId);
    if (known === null) return { shape: USUAL_SHAPE, initialCounter: 0, lookAhead: 0, canBeReused: false };
    const { type, algorithm, digits, periodSeconds, ...policy } = known.settings.otp;
    return { shape: { type, algorithm, digits, periodSeconds }, ...policy };
  }

  /** The app of the account that shows this code now, unless the code was already accepted. Changes nothing. */
  async match(tenantId: string, userId: string | null, code: string): Promise<MatchedCode | null> {
    const { credentials, clock } = this.#deps;
    const now = clock.now();
    const { lookAhead, canBeReused } = await this.policyOf(tenantId);
    // Run the query even when there is no account, so that the response time does not reveal it.
    for (const credential of await this.ofUser(tenantId, userId ?? '')) {
      const secret = await credentials.openSecret(tenantId, credential.id);
      if (secret === null) continue;
      const shape = shapeOf(credential);
      // A counter that was used has passed: the app cannot show its code again.
      const isReusable = canBeReused && shape.type === 'totp';
      const afterStep = isReusable ? -1 : lastStepOf(credential);
      const step = stepOfCode(secret.toString(), code, { now, afterStep, shape, lookAhead });
      if (step !== null) return { credentialId: credential.id, step, canBeReused: isReusable };
    }
    return null;
  }

  /** Uses a matched code up. @returns False when a concurrent attempt used it. */
  async spend(tenantId: string, { credentialId, step, canBeReused }: MatchedCode): Promise<boolean> {
    const isFirstUse = await this.#deps.credentials.raise(tenantId, credentialId, STEP, step);
    return isFirstUse || canBeReused;
  }
}
