import { Authority } from '../../access/index.ts';
import type { ClientDirectory, ClientRecord } from '../../clients/index.ts';
import {
  type EmailConfirmationFlow,
  type FirstImageMails,
  type GivenChallenge,
  type ImageProofChange,
  type ImageProofEnrolment,
  type ImageProofSignIn,
  type ImageResetMails,
  type InteractionService,
  imageProofErrors,
  lacksConfirmedEmail,
  mayRegisterAt,
  type NewUserMail,
  type ResetSecrets,
  type WithLiveness,
} from '../../flows/index.ts';
import { kernelErrors, type TenantRef } from '../../kernel/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import { canonicalUserId, type User } from '../../users/index.ts';
import type { IssuerDirectory } from '../issuers/issuer.directory.ts';

/** A message to an issuer, whose URL at the host of the request is a part of the proof. */
interface ToIssuer {
  readonly issuerKind: string;
}

/** Somebody who names an account. */
export interface NamesAccount {
  readonly username: string;
  /** Handle of the sign-in under way, in whichever browser; null: none. */
  readonly requestId: string | null;
}

export interface RequestChallenge extends NamesAccount {
  readonly cipherKey: string;
}

export interface SignInWithImage extends RequestChallenge, ToIssuer, WithLiveness {
  readonly challengeId: string;
  readonly challengeData: string;
}

interface NewImage extends ToIssuer, WithLiveness {
  readonly version: string;
  readonly encryptedCommitment: string;
}

export interface RegisterImage extends NewImage, NamesAccount {
  readonly email: string;
}

export interface ResetImageByCode extends NewImage {
  readonly username: string;
  readonly code: string;
}

export interface RequestImageReset {
  readonly clientId: string;
  readonly username: string;
  readonly email: string;
}

export interface RequestEmailChange extends ToIssuer {
  /** The caller's own id. */
  readonly userId: string;
  readonly email: string;
  readonly challengeId: string;
  readonly challengeData: string;
}

/** A user who proved the image. */
export interface SignedInWithImage {
  readonly ticket: string;
  /** Whether the tenant demands that the address is confirmed, and it is not. */
  readonly isEmailConfirmationNeeded: boolean;
}

export interface ImageProofServiceDeps {
  readonly clients: Pick<ClientDirectory, 'byClientId'>;
  readonly interactions: Pick<InteractionService, 'findApplication'>;
  readonly issuers: Pick<IssuerDirectory, 'of'>;
  readonly confirmations: Pick<EmailConfirmationFlow, 'confirm'>;
  readonly imageProofs: {
    readonly signIn: Pick<ImageProofSignIn, 'challenge' | 'authenticate'>;
    readonly enrolment: Pick<ImageProofEnrolment, 'register' | 'reset'>;
    readonly resets: Pick<ImageResetMails, 'request' | 'isRequest'>;
    readonly firstMails: Pick<FirstImageMails, 'prepare'>;
    readonly change: Pick<ImageProofChange, 'challenge' | 'change' | 'requestEmailChange'>;
  };
}

/** A request in which somebody names an account. */
interface NamedRequest {
  readonly requestId: string | null;
  /** `client_id` of its application; null: none. */
  readonly clientId: string | null;
}

/** Pages of the native issuer, at the host of the request. */
const CONFIRMATION_PATH = '/oauth/confirm-email';
const RESET_PATH = '/oauth/image-reset';

/** Image proofs of requests: to which issuer and to which sign-in each belongs, and where its mails lead (docs/image-proof.md). */
export class ImageProofService {
  readonly #deps: ImageProofServiceDeps;

  constructor(deps: ImageProofServiceDeps) {
    this.#deps = deps;
  }

  /**
   * A challenge for a name, whether or not somebody has it.
   * @throws IMAGE_PROOF_REQUEST_INVALID The handle is neither of a sign-in under way nor of a reset.
   * @throws IMAGE_PROOF_KEY_INVALID, TOO_MANY_REQUESTS
   */
  async challenge(
    authority: Authority,
    tenant: KnownTenant,
    { username, cipherKey, requestId }: RequestChallenge,
  ): Promise<GivenChallenge> {
    const { resets, signIn } = this.#deps.imageProofs;
    const found = await this.#lookFor(tenant, requestId);
    // Resets are seldom, so that a sign-in is looked for first.
    if (found === null && !(await resets.isRequest(tenant, requestId!)))
      throw imageProofErrors.IMAGE_PROOF_REQUEST_INVALID();
    const request = found ?? { requestId, clientId: null };
    return signIn.challenge({ tenant, username, requestId, actor: actorOf(authority, request), cipherKey });
  }

  /**
   * Signs a user in.
   * @throws IMAGE_PROOF_REQUEST_INVALID There is no such sign-in under way.
   * @throws What `ImageProofSignIn.authenticate` throws.
   */
  async signIn(authority: Authority, tenant: KnownTenant, input: SignInWithImage): Promise<SignedInWithImage> {
    const { issuerKind, ...proof } = input;
    const request = await this.#findRequest(tenant, input.requestId);
    const audience = await this.#urlOf(authority, issuerKind);
    const actor = actorOf(authority, request);
    const { user, ticket } = await this.#deps.imageProofs.signIn.authenticate({ ...proof, tenant, actor, audience });
    return { ticket, isEmailConfirmationNeeded: lacksConfirmedEmail(tenant.settings, user) };
  }

  /**
   * Makes an account with an image.
   * @throws IMAGE_PROOF_REQUEST_INVALID There is no such sign-in under way.
   * @throws What `ImageProofEnrolment.register` throws.
   */
  async register(authority: Authority, { issuerKind, ...input }: RegisterImage): Promise<User> {
    const { tenant } = authority;
    const { clientId } = await this.#findRequest(tenant, input.requestId);
    const client = clientId === null ? null : await this.#deps.clients.byClientId(tenant.id, clientId);
    return this.#deps.imageProofs.enrolment.register(openTo(authority), {
      ...input,
      isOpenAtClient: mayRegisterAt(client),
      audience: await this.#urlOf(authority, issuerKind),
      toConfirmation: await this.#confirmationOf(authority),
    });
  }

  /**
   * Mails a code to an account, if there is one with this name and this address.
   * @throws IMAGE_PROOF_CLIENT_UNKNOWN, TOO_MANY_REQUESTS
   */
  async requestReset(authority: Authority, tenant: KnownTenant, input: RequestImageReset): Promise<void> {
    await this.#requireClient(tenant, input.clientId);
    const toAddress = await this.#resetPageOf(authority);
    const { username, email } = input;
    await this.#deps.imageProofs.resets.request(authority, tenant, { username, email, toAddress });
  }

  /**
   * What mails users whom the caller makes without a secret, so that they choose an image; null: the tenant has no mail server. To be
   * asked for outside of units of work.
   */
  async firstImageMail(authority: Authority, tenant: KnownTenant): Promise<NewUserMail | null> {
    return this.#deps.imageProofs.firstMails.prepare(authority, tenant, await this.#resetPageOf(authority));
  }

  /** Gives an account another image, by a code from a mail. @throws What `ImageProofEnrolment.reset` throws. */
  async reset(authority: Authority, { issuerKind, ...input }: ResetImageByCode): Promise<void> {
    const audience = await this.#urlOf(authority, issuerKind);
    await this.#deps.imageProofs.enrolment.reset(openTo(authority), { ...input, audience });
  }

  /** A challenge for the user of a session. @throws What `ImageProofChange.challenge` throws. */
  challengeOwn(authority: Authority, cipherKey: string): Promise<GivenChallenge> {
    return this.#deps.imageProofs.change.challenge(authority, cipherKey);
  }

  /** Gives the caller another image. @throws What `ImageProofChange.change` throws. */
  async changeOwn(authority: Authority, { issuerKind, ...input }: NewImage): Promise<void> {
    const audience = await this.#urlOf(authority, issuerKind);
    await this.#deps.imageProofs.change.change(authority, { ...input, audience });
  }

  /**
   * Mails a code to another address of the caller.
   * @throws FORBIDDEN It is another user.
   * @throws What `ImageProofChange.requestEmailChange` throws.
   */
  async requestEmailChange(authority: Authority, tenant: KnownTenant, input: RequestEmailChange): Promise<void> {
    const { issuerKind, userId, ...proof } = input;
    if (!authority.isOwnAccount(canonicalUserId(userId)))
      throw kernelErrors.FORBIDDEN({ detail: "not the caller's own account" });
    await this.#deps.imageProofs.change.requestEmailChange(authority, tenant, {
      ...proof,
      audience: await this.#urlOf(authority, issuerKind),
      toConfirmation: await this.#confirmationOf(authority),
    });
  }

  /** Confirms an address by a code from a mail. @throws What `EmailConfirmationFlow.confirm` throws. */
  async confirmEmail(authority: Authority, tenant: KnownTenant, code: string): Promise<void> {
    await this.#deps.confirmations.confirm(authority, tenant, code);
  }

  /** @throws IMAGE_PROOF_REQUEST_INVALID */
  async #findRequest(tenant: TenantRef, requestId: string | null): Promise<NamedRequest> {
    const found = await this.#lookFor(tenant, requestId);
    if (found === null) throw imageProofErrors.IMAGE_PROOF_REQUEST_INVALID();
    return found;
  }

  /** Null: there is no such sign-in under way. */
  async #lookFor(tenant: TenantRef, requestId: string | null): Promise<NamedRequest | null> {
    if (requestId === null) return NO_REQUEST;
    const found = await this.#deps.interactions.findApplication(tenant, requestId);
    return found === null ? null : { requestId, clientId: found.clientId };
  }

  /** @throws IMAGE_PROOF_CLIENT_UNKNOWN */
  async #requireClient({ id }: TenantRef, clientId: string): Promise<ClientRecord> {
    const client = await this.#deps.clients.byClientId(id, clientId);
    if (client === null || !client.isUsable) throw imageProofErrors.IMAGE_PROOF_CLIENT_UNKNOWN();
    return client;
  }

  async #urlOf({ caller, tenant }: Authority, issuerKind: string): Promise<string> {
    return (await this.#deps.issuers.of(tenant, issuerKind, caller.origin)).url;
  }

  /** The address of the page on which a user chooses an image by what a mail has. */
  async #resetPageOf(authority: Authority): Promise<(secrets: ResetSecrets) => string> {
    const page = `${await this.#urlOf(authority, 'native')}${RESET_PATH}`;
    // What follows `#` reaches no server and no log.
    return ({ code, requestId }) => `${page}#code=${code}&auth_req_id=${requestId}`;
  }

  async #confirmationOf(authority: Authority): Promise<(code: string) => string> {
    const page = `${await this.#urlOf(authority, 'native')}${CONFIRMATION_PATH}`;
    return (code) => `${page}?code=${code}`;
  }
}

const NO_REQUEST: NamedRequest = { requestId: null, clientId: null };

const actorOf = ({ caller }: Authority, { clientId }: NamedRequest) => ({
  clientId: clientId ?? caller.clientId,
  clientAuth: null,
  origin: caller.origin,
});

/** The authority of somebody who is not known yet, for an account that is made or proved by what was sent. */
const openTo = ({ caller, tenant }: Authority): Authority => new Authority(caller, tenant, 'tenant');
