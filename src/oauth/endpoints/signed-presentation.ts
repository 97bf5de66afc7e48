import { type ClientDirectory, presentClient } from '../../clients/index.ts';
import { type Clock, epochSeconds, type Origin } from '../../kernel/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import type { IssuerDirectory } from '../issuers/issuer.directory.ts';
import type { Issuers } from '../issuers/issuers.ts';
import type { SigningKeyService } from '../keys/key.service.ts';

/** How long a presentation holds: pages read it when they begin a sign-in. */
const PRESENTATION_SECONDS = 300;

export interface SignedPresentationsDeps {
  readonly clients: Pick<ClientDirectory, 'byClientId'>;
  readonly issuers: Pick<Issuers, 'presentation'>;
  readonly issuerDirectory: IssuerDirectory;
  readonly keys: Pick<SigningKeyService, 'signer' | 'agreementKey'>;
  readonly clock: Clock;
}

/**
 * Signs what a client and its tenant show, together with the key for which messages are encrypted, so that sign-in pages that are served
 * elsewhere know it from the service and from nobody between.
 */
export class SignedPresentations {
  readonly #deps: SignedPresentationsDeps;

  constructor(deps: SignedPresentationsDeps) {
    this.#deps = deps;
  }

  /**
   * @returns A compact JWS (RFC 7515); null when people cannot sign in to the client, or the kind of issuer signs none.
   * @throws ISSUER_UNKNOWN
   */
  async sign(
    tenant: KnownTenant,
    clientId: string,
    issuerKind: string,
    origin: Pick<Origin, 'host' | 'basePath'>,
  ): Promise<string | null> {
    const { clients, issuers, issuerDirectory, keys, clock } = this.#deps;
    const { url, kind } = await issuerDirectory.of(tenant, issuerKind, origin);
    const form = issuers.presentation(issuerKind);
    const client = presentClient(await clients.byClientId(tenant.id, clientId), tenant);
    if (form === null || client === null) return null;
    const { publicJwk: messageKey } = await keys.agreementKey(tenant);
    const signer = await keys.signer(tenant, kind.algorithm);
    const iat = epochSeconds(clock.now());
    const claims = { iss: url, iat, exp: iat + PRESENTATION_SECONDS, ...form.claims({ client, messageKey }) };
    return signer.sign(claims, { typ: form.type });
  }
}
