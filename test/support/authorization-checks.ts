import type { ClientRecord } from '../../src/clients/index.ts';
import { IdentityError, newId } from '../../src/kernel/index.ts';
import { checkAuthorization } from '../../src/oauth/authorize/checks.ts';
import { RequestParameters } from '../../src/oauth/authorize/parameters.ts';
import type { AuthorizationRequest, ReturnAddress } from '../../src/oauth/authorize/request.ts';
import { ISSUER_KINDS, type IssuerKind, Issuers } from '../../src/oauth/issuers/issuers.ts';
import type { KnownTenant } from '../../src/tenants/index.ts';
import { madeUpClient } from './authorization.ts';

/** The address of the application. */
export const CB = 'https://app.example/cb';
export const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const VALID = {
  client_id: 'app',
  redirect_uri: CB,
  response_type: 'code',
  scope: 'openid',
  state: 'st',
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
};
const SETTINGS = { isSecondFactorOnly: false };
const TENANT = { id: newId(), name: 'acme', settings: SETTINGS } as unknown as KnownTenant;
const ISSUER = new Issuers({ publicUrl: 'https://id.example.com', defaultTenant: 'master' }).of(TENANT, 'native');

/** Values of parameters: a text, several, or null to leave out what `VALID` has. */
export type Sent = Readonly<Record<string, string | readonly string[] | null>>;

/** To whom a request is sent, and by whom. */
export interface Setting {
  readonly client?: ClientRecord | null;
  readonly kind?: IssuerKind;
}

/** The client of a request for which the test names none. */
export const PUBLIC = madeUpClient();
export const confidential = (metadata: Record<string, unknown> = {}) =>
  madeUpClient({ client: { type: 'confidential', metadata } });

/** Checks `VALID` with other parameters. */
export function check(sent: Sent, { client = PUBLIC, kind = ISSUER_KINDS.native }: Setting = {}) {
  const parameters = Object.entries({ ...VALID, ...sent })
    .filter(([, value]) => value !== null)
    .map(([name, value]) => ({ name, values: typeof value === 'string' ? [value] : [...(value as string[])] }));
  return checkAuthorization({
    tenant: TENANT,
    issuer: { ...ISSUER, kind },
    clients: { byClientId: async (_tenantId, clientId) => (clientId === client?.client.clientId ? client : null) },
    findNamed: async (name) => `user ${name}`,
    readHint: async (token) => (token.startsWith('token of ') ? token.slice(9) : null),
    parameters: new RequestParameters(parameters),
  });
}

/** What an accepted request asks for. */
export async function accepted(sent: Sent, setting?: Setting): Promise<AuthorizationRequest> {
  const checked = await check(sent, setting);
  if ('refused' in checked) throw new Error(`${checked.refused.code}: ${checked.refused.message}`);
  return checked.request;
}

/** The code and where it goes; null: the request is accepted. */
export async function refused(
  sent: Sent,
  setting?: Setting,
): Promise<(Partial<ReturnAddress> & { code: string }) | null> {
  const checked = await check(sent, setting);
  if (!('refused' in checked)) return null;
  const { redirectUri, responseMode, state } = checked.to;
  return { code: checked.refused.code, redirectUri, responseMode, state };
}

/** The code of a refusal that goes to the application; null: the request is accepted. */
export const codeOf = async (sent: Sent, setting?: Setting) => (await refused(sent, setting))?.code ?? null;

/** The code of a refusal that goes to no redirect address. */
export async function pageOf(sent: Sent, setting?: Setting): Promise<string | null> {
  try {
    await check(sent, setting);
    return null;
  } catch (error) {
    if (error instanceof IdentityError) return `${error.kind} ${error.code}`;
    throw error;
  }
}
