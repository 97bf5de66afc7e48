import { toBuffer } from 'qrcode';
import type { Authority } from '../../access/index.ts';
import type { EventActor } from '../../events/index.ts';
import { requireText, type TenantRef } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import { type AccountChangeDeps, userErrors } from '../../users/index.ts';
import { getAccountOfCredentials } from '../account-to-change.ts';
import { CONFIGURE_TOTP } from '../auth-mode.rules.ts';
import type { AuthModeStore } from '../auth-mode.store.ts';
import { recordCredential } from '../credential.events.ts';
import type { CredentialStore } from '../credential.store.ts';
import type { CredentialInfo } from '../credential-reader.ts';
import { runGuardedTry } from '../lockout/guarded-try.ts';
import { meetDemand } from '../met-demand.ts';
import {
  checkSecondFactor,
  type SecondFactorDeps,
  type SecondFactorTry,
  secondFactorAttempt,
} from '../second-factor/second-factor.check.ts';
import { newTotpSecret, type OtpShape, readTotpSecret, stepOfCode, totpUri } from './totp.code.ts';
import { totpErrors } from './totp.errors.ts';
import { detailsAfter, type TotpMode } from './totp.mode.ts';

export interface TotpServiceDeps extends AccountChangeDeps, SecondFactorDeps {
  readonly db: Database;
  readonly columns: Pick<AuthModeStore, 'lock' | 'write'>;
  readonly credentials: CredentialStore;
  readonly mode: TotpMode;
}

/** What the user enters into an app; none of it is stored. */
export interface BeginTotpEnrolmentPayload {
  /** Base32, for typing. */
  readonly secret: string;
  /** The same as an `otpauth` address. */
  readonly uri: string;
  /** The address as a QR image, PNG. */
  readonly qrImage: Buffer;
}

export interface AttachTotp {
  readonly userId: string;
  /** Base32; from `begin`, or chosen by the caller. */
  readonly secret: string;
  /** The code that the app shows now. */
  readonly code: string;
  readonly name?: string | null;
  /**
   * Device on which the user signed in before; null for other devices. Default: the caller's session, which counts as a
   * known device, so that failures of attackers do not block a user who is already signed in.
   */
  readonly knownDeviceId?: string | null;
}

/** An app whose code was right, ready to be added in a transaction. */
export interface ProvedTotp {
  readonly userId: string;
  readonly secret: string;
  readonly label: string | null;
  /** What the tenant's apps are made from now. */
  readonly shape: OtpShape;
  /** The step of the code, which is used up. */
  readonly step: number;
}

/** Which app to detach: by the id of its credential, or by its ordinal in the account. */
export type TotpTarget = { readonly id: string } | { readonly userId: string; readonly ordinal: number };

/** Most apps of an account; a sign-in compares the code with all of them. */
export const MAX_APPS = 10;
const NAME = { max: 255 } as const;

/** Attaches and detaches authenticator apps, and checks the codes of sign-ins. */
export class TotpService {
  readonly #deps: TotpServiceDeps;

  constructor(deps: TotpServiceDeps) {
    this.#deps = deps;
  }

  /**
   * A new secret to show to the user; nothing is stored until `attach`.
   * @throws USER_NOT_FOUND, ACCOUNT_GUARDED, REAUTHENTICATION_REQUIRED
   */
  async begin(authority: Authority, userId: string): Promise<BeginTotpEnrolmentPayload> {
    const { username } = await getAccountOfCredentials(this.#deps, authority, userId);
    return this.show(authority.tenant, username, newTotpSecret());
  }

  /** What the user enters into an app, for a secret that `begin` returned before. */
  async show(tenant: TenantRef, username: string, secret: string): Promise<BeginTotpEnrolmentPayload> {
    const { directory, mode } = this.#deps;
    const [known, policy] = await Promise.all([directory.byId(tenant.id), mode.policyOf(tenant.id)]);
    const issuer = known?.displayName || tenant.name;
    const uri = totpUri(secret, { issuer, login: username, shape: policy.shape, counter: policy.initialCounter });
    // Lowest error correction: only this level fits the longest names, and a screen shows the image undamaged.
    return { secret, uri, qrImage: await toBuffer(uri, { type: 'png', errorCorrectionLevel: 'L' }) };
  }

  /**
   * Attaches an app if its code is right; the code is used up.
   * @throws TOTP_CODE_WRONG Also while the second factor of the account is blocked. Counts as a failed attempt.
   * @throws TOTP_SECRET_INVALID, TOTP_ALREADY_ATTACHED, TOTP_LIMIT_REACHED, INVALID_INPUT The name.
   * @throws USER_NOT_FOUND, ACCOUNT_GUARDED, REAUTHENTICATION_REQUIRED
   */
  async attach(authority: Authority, input: AttachTotp): Promise<CredentialInfo> {
    const proved = await this.prove(authority, input);
    return this.#deps.db.transaction(() => this.add(authority, proved));
  }

  /**
   * The first half of `attach`: checks the code, outside any transaction. Adds nothing.
   * @throws As `attach`, except for TOTP_ALREADY_ATTACHED and TOTP_LIMIT_REACHED.
   */
  async prove(authority: Authority, input: AttachTotp): Promise<ProvedTotp> {
    const { lockouts, clock, mode } = this.#deps;
    const { caller, tenant } = authority;
    const { id: userId } = await getAccountOfCredentials(this.#deps, authority, input.userId);
    const secret = readTotpSecret(input.secret);
    if (secret === null) {
      const { code, message } = totpErrors.TOTP_SECRET_INVALID();
      throw totpErrors.TOTP_SECRET_INVALID({ fields: [{ path: 'input.secret', code, message }] });
    }
    const label = input.name == null || input.name === '' ? null : requireText(input.name, 'input.name', NAME);
    const { shape, initialCounter, lookAhead } = await mode.policyOf(tenant.id);
    const afterStep = shape.type === 'hotp' ? initialCounter - 1 : -1;
    const step = stepOfCode(secret, input.code, { now: clock.now(), afterStep, shape, lookAhead });
    const { knownDeviceId = caller.sessionId } = input;
    const attempt = secondFactorAttempt(tenant, userId, caller, knownDeviceId);
    const result = await runGuardedTry(lockouts, attempt, caller, async () => step);
    if (result.kind !== 'right') throw totpErrors.TOTP_CODE_WRONG();
    return { userId, secret, label, shape, step: result.proof };
  }

  /**
   * The second half of `attach`, inside a unit of work. Ends a demand for an app.
   * @throws TOTP_ALREADY_ATTACHED, TOTP_LIMIT_REACHED, USER_NOT_FOUND
   */
  async add(authority: Authority, { userId, secret, label, shape, step }: ProvedTotp): Promise<CredentialInfo> {
    const { columns, credentials, mode, events } = this.#deps;
    const { tenant } = authority;
    const row = await columns.lock(tenant.id, userId);
    if (row === null) throw userErrors.USER_NOT_FOUND();
    const attached = await mode.ofUser(tenant.id, userId);
    for (const { id } of attached) {
      // With the same secret twice, each code would be accepted twice.
      if ((await credentials.openSecret(tenant.id, id))?.toString() === secret) {
        throw totpErrors.TOTP_ALREADY_ATTACHED();
      }
    }
    if (attached.length >= MAX_APPS) throw totpErrors.TOTP_LIMIT_REACHED();
    const data = detailsAfter(shape, step);
    const credential = await credentials.add(tenant.id, { userId, type: 'totp', label, secret, data });
    recordCredential(events, authority, 'credential.added', credential);
    await meetDemand(this.#deps, authority, row, CONFIGURE_TOTP);
    return credential;
  }

  /**
   * Detaches an app. A required second factor stays required, even after the last app is detached.
   * @returns The detached app.
   * @throws TOTP_NOT_FOUND, USER_NOT_FOUND, ACCOUNT_GUARDED, REAUTHENTICATION_REQUIRED
   */
  async detach(authority: Authority, target: TotpTarget): Promise<CredentialInfo> {
    const { columns, credentials, mode, events, db } = this.#deps;
    const { tenant } = authority;
    const owner = 'id' in target ? (await credentials.findById(tenant.id, target.id))?.userId : target.userId;
    // Callers with reach `self` must not learn whether another user's credential exists.
    authority.requireAccount(owner ?? '');
    if (owner === undefined) throw totpErrors.TOTP_NOT_FOUND();
    const { id: userId } = await getAccountOfCredentials(this.#deps, authority, owner);
    const isMeant = (one: CredentialInfo): boolean =>
      'id' in target ? one.id === target.id.toLowerCase() : one.ordinal === target.ordinal;
    return db.transaction(async () => {
      await columns.lock(tenant.id, userId);
      const credential = (await mode.ofUser(tenant.id, userId)).find(isMeant);
      if (credential === undefined) throw totpErrors.TOTP_NOT_FOUND();
      await credentials.remove(tenant.id, credential.id);
      recordCredential(events, authority, 'credential.removed', credential);
      return credential;
    });
  }

  /** Checks the code of a sign-in; see `checkSecondFactor`. @throws TOO_MANY_REQUESTS */
  verify(actor: EventActor, tenant: Pick<TenantRef, 'id'>, input: SecondFactorTry): Promise<boolean> {
    return checkSecondFactor(this.#deps, actor, tenant, input, this.#deps.mode);
  }
}
