import { type ClientDirectory, type ClientRecord, isRegisteredRedirect } from '../../clients/index.ts';
import { mailedLinkErrors } from '../../flows/index.ts';
import { invalidField, type TenantRef } from '../../kernel/index.ts';
import type { Issuer } from '../issuers/issuers.ts';

/** The application to which a link leads, and the address of it. */
export interface LinkTarget {
  /** `client_id`; null: none. */
  readonly clientId: string | null;
  readonly redirectUri: string | null;
}

/** The application of a link. @throws MAILED_LINK_CLIENT_UNKNOWN */
export async function requireLinkClient(
  clients: Pick<ClientDirectory, 'byClientId'>,
  { id }: Pick<TenantRef, 'id'>,
  clientId: string,
): Promise<ClientRecord> {
  const client = await clients.byClientId(id, clientId);
  if (client === null || !client.isUsable) throw mailedLinkErrors.MAILED_LINK_CLIENT_UNKNOWN();
  return client;
}

/** Whether a link may lead to an address: an attacker who chose any could take users from the page of a mail to theirs. */
const leadsTo = ({ client, metadata }: ClientRecord, redirectUri: string, { kind }: Pick<Issuer, 'kind'>): boolean =>
  isRegisteredRedirect(redirectUri, client.redirects, kind.kind, metadata.rootUrl);

/** @throws MAILED_LINK_REDIRECT_INVALID */
export function assertLeadsTo(client: ClientRecord, redirectUri: string, issuer: Pick<Issuer, 'kind'>): void {
  if (!leadsTo(client, redirectUri, issuer)) throw mailedLinkErrors.MAILED_LINK_REDIRECT_INVALID();
}

/**
 * Checks the application and the address of a link that is no sign-in to an application, and so may have neither.
 * @throws MAILED_LINK_CLIENT_UNKNOWN, MAILED_LINK_REDIRECT_INVALID
 * @throws INVALID_INPUT The address is one of no application.
 */
export async function assertTarget(
  clients: Pick<ClientDirectory, 'byClientId'>,
  tenant: Pick<TenantRef, 'id'>,
  { clientId, redirectUri }: LinkTarget,
  issuer: Pick<Issuer, 'kind'>,
): Promise<void> {
  if (clientId === null) {
    if (redirectUri === null) return;
    throw invalidField('input.clientId', 'CLIENT_MISSING', 'A return address is one of an application.');
  }
  const client = await requireLinkClient(clients, tenant, clientId);
  if (redirectUri !== null) assertLeadsTo(client, redirectUri, issuer);
}

/** Where the browser goes after a link; null: nowhere, because nothing was asked or it is not registered any more. */
export async function findReturn(
  clients: Pick<ClientDirectory, 'byClientId'>,
  { id }: Pick<TenantRef, 'id'>,
  { clientId, redirectUri }: LinkTarget,
  issuer: Pick<Issuer, 'kind'>,
): Promise<string | null> {
  if (clientId === null || redirectUri === null) return null;
  const client = await clients.byClientId(id, clientId);
  return client?.isUsable === true && leadsTo(client, redirectUri, issuer) ? redirectUri : null;
}
