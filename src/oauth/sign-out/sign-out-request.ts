import { z } from 'zod';
import type { ClientDirectory, ClientRecord } from '../../clients/index.ts';
import { isRegisteredSignOutRedirect } from '../../clients/index.ts';
import type { TenantRef } from '../../kernel/index.ts';
import { type OAuthParameter, optionalParameter, readParameters } from '../token-endpoint/parameters.ts';
import type { IdTokenHint, IdTokenHints } from '../tokens/id-token-hint.ts';
import { signOutErrors } from './sign-out.errors.ts';

/** A request of an application to sign its user out, as it was sent. */
export interface SignOutRequest {
  /** Kind of the issuer whose endpoint was called. */
  readonly issuerKind: string;
  readonly parameters: readonly OAuthParameter[];
}

/** Where the browser goes after the sign-out, if the application registered the address. */
export interface ReturnAddress {
  readonly uri: string;
  readonly state: string | null;
}

/** A request that passed all checks. */
export interface CheckedSignOut {
  /** Null without a hint, and for one whose key is no longer kept. */
  readonly hint: IdTokenHint | null;
  /** The client that the hint or `client_id` names; null when neither does. */
  readonly client: ClientRecord | null;
  readonly returnTo: ReturnAddress | null;
}

/**
 * The parameters that the endpoint knows (OpenID Connect RP-Initiated Logout section 2). `logout_hint` and `ui_locales` are not
 * read here: the session says who signs out, and the page reads the languages.
 */
export const SIGN_OUT_FORM = z.object({
  id_token_hint: optionalParameter('An ID token of the session; it may have expired. Without it the user is asked.'),
  logout_hint: optionalParameter('Ignored.'),
  client_id: optionalParameter('The client; that of the ID token, if there is one.'),
  post_logout_redirect_uri: optionalParameter('A registered address to which the browser returns.'),
  state: optionalParameter('Any text of at most 4 KiB; it is added to the address.'),
  ui_locales: optionalParameter('Languages of the pages in order of preference, separated by spaces.'),
});

/** The parameters of that endpoint where an application may also show a refresh token. */
export const POST_SIGN_OUT_FORM = SIGN_OUT_FORM.extend({
  refresh_token: optionalParameter('A refresh token of the session, which then ends without a browser.'),
  client_secret: optionalParameter('The secret of the client, with `refresh_token`.'),
});
const KNOWN: ReadonlySet<string> = new Set(Object.keys(SIGN_OUT_FORM.shape));
/** As at the authorization endpoint. */
const MAX_STATE = 4096;

export interface SignOutChecksDeps {
  readonly clients: Pick<ClientDirectory, 'byClientId'>;
  readonly hints: IdTokenHints;
}

/** Checks requests in the order in which RP-Initiated Logout section 4 needs the values: hint, client, address. */
export class SignOutChecks {
  readonly #deps: SignOutChecksDeps;

  constructor(deps: SignOutChecksDeps) {
    this.#deps = deps;
  }

  /**
   * @throws SIGN_OUT_PARAMETER_INVALID, SIGN_OUT_HINT_INVALID, SIGN_OUT_CLIENT_UNKNOWN, SIGN_OUT_CLIENT_CONFLICT
   * @throws SIGN_OUT_REDIRECT_UNREGISTERED
   */
  async check(tenant: TenantRef, { issuerKind, parameters }: SignOutRequest): Promise<CheckedSignOut> {
    const values = readParameters(parameters, KNOWN, signOutErrors.SIGN_OUT_PARAMETER_INVALID);
    const hint = await this.#hint(tenant, issuerKind, values['id_token_hint']);
    const client = await this.#client(tenant, hint, values['client_id']);
    return { hint, client, returnTo: returnAddress(client, values['post_logout_redirect_uri'], values['state']) };
  }

  async #hint(tenant: TenantRef, issuerKind: string, token: string | undefined): Promise<IdTokenHint | null> {
    if (token === undefined) return null;
    const hint = await this.#deps.hints.read(tenant, issuerKind, token);
    if (!('refused' in hint)) return hint;
    // The key of an old token is deleted in the end, so such a hint looks like a forged one. It proves nothing, and the page
    // asks, as without a hint.
    if (hint.refused === 'key-unknown') return null;
    throw signOutErrors.SIGN_OUT_HINT_INVALID({ detail: hint.refused });
  }

  async #client(
    tenant: TenantRef,
    hint: IdTokenHint | null,
    clientId: string | undefined,
  ): Promise<ClientRecord | null> {
    if (hint !== null && clientId !== undefined && clientId !== hint.clientId)
      throw signOutErrors.SIGN_OUT_CLIENT_CONFLICT();
    const named = clientId ?? hint?.clientId;
    if (named === undefined) return null;
    const client = await this.#deps.clients.byClientId(tenant.id, named);
    if (client?.isUsable === true) return client;
    // Somebody who leaves an application that was deleted or disabled can still sign out.
    if (clientId === undefined) return null;
    throw signOutErrors.SIGN_OUT_CLIENT_UNKNOWN();
  }
}

/** Without a known client, nothing can tell whether the address is legitimate, so the browser is not sent there. */
function returnAddress(
  client: ClientRecord | null,
  uri: string | undefined,
  state: string | undefined,
): ReturnAddress | null {
  if (state !== undefined && state.length > MAX_STATE)
    throw signOutErrors.SIGN_OUT_PARAMETER_INVALID({ message: `state: A text has at most ${MAX_STATE} characters.` });
  if (uri === undefined || client === null) return null;
  if (!isRegisteredSignOutRedirect(uri, client.client.postLogoutRedirects ?? []))
    throw signOutErrors.SIGN_OUT_REDIRECT_UNREGISTERED();
  return { uri, state: state ?? null };
}

/** Adds `state` to the address, which is otherwise left as it was registered; it has no fragment. */
export function withState({ uri, state }: ReturnAddress): string {
  if (state === null) return uri;
  return `${uri}${uri.includes('?') ? '&' : '?'}state=${encodeURIComponent(state)}`;
}
