import {
  AuthenticatorEmulator,
  type AuthenticatorParameters,
  PasskeysCredentialsMemoryRepository,
  WebAuthnEmulator,
} from 'nid-webauthn-emulator';
import type { PasskeyAssertion } from '../../src/auth-modes/index.ts';
import type { AddPasskey } from '../../src/flows/index.ts';

/** The address of the service in tests. */
export const SERVICE = 'https://id.example.com';

/** What a browser sends, before a test changes it. */
interface ClientData {
  readonly type: string;
  readonly challenge: string;
  readonly origin: string;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The client data of a response with other members. */
export function withClientData<R extends { readonly clientDataJson: string }>(
  response: R,
  over: Partial<ClientData>,
): R {
  const data = JSON.parse(Buffer.from(response.clientDataJson, 'base64url').toString());
  return { ...response, clientDataJson: encode({ ...data, ...over }) };
}

/** Of an authenticator that keeps discoverable passkeys, and shares them with no other one. */
export const keepsPasskeys = (): Partial<AuthenticatorParameters> => ({
  stateless: false,
  credentialsRepository: new PasskeysCredentialsMemoryRepository(),
});

/** A browser whose authenticator verifies no user, only that somebody is there. */
export function unverified(parameters: Partial<AuthenticatorParameters> = {}): PasskeyBrowser {
  const interaction = () => ({ options: { uv: false, up: true } });
  const interactions = { userMakeCredentialInteraction: interaction, userGetAssertionInteraction: interaction };
  return new PasskeyBrowser({ ...parameters, ...interactions });
}

/** A browser with an authenticator, on a page of an origin. */
export class PasskeyBrowser {
  readonly #emulator: WebAuthnEmulator;
  readonly #origin: string;

  /**
   * @param parameters Default: keys that are not copied and whose signatures are not counted. `stateless: false`: keys that are copied and
   * counted, one for each user.
   */
  constructor(parameters: Partial<AuthenticatorParameters> = {}, origin = SERVICE) {
    this.#emulator = new WebAuthnEmulator(new AuthenticatorEmulator({ stateless: true, ...parameters }));
    this.#origin = origin;
  }

  /** Makes a passkey. */
  create(options: object): AddPasskey {
    const made = this.#emulator.createJSON(this.#origin, options as never);
    const { clientDataJSON, attestationObject, transports } = made.response;
    return {
      id: made.id,
      rawId: made.rawId,
      clientDataJson: clientDataJSON,
      attestationObject,
      transports: transports ?? [],
      attachment: 'platform',
      name: 'Phone',
    };
  }

  /** Uses a passkey. */
  get(options: object): PasskeyAssertion {
    const used = this.#emulator.getJSON(this.#origin, options as never);
    const { clientDataJSON, authenticatorData, signature, userHandle } = used.response;
    return {
      id: used.id,
      rawId: used.rawId,
      clientDataJson: clientDataJSON,
      authenticatorData,
      signature,
      userHandle: userHandle ?? null,
    };
  }
}
