import { z } from 'zod';
import type { ClientData, ClientPresentationData, FindClientData, UpdateClientData } from './operations.generated.ts';

/** Scopes that a client may have. Others that it has by another API are left alone. */
const SCOPES = ['openid', 'profile', 'email', '2fa', '2fa_link'] as const;
type Scope = (typeof SCOPES)[number];
const isScope = (name: string): name is Scope => SCOPES.some((scope) => scope === name);

const DEFAULT_SCOPES: readonly Scope[] = ['openid', 'profile', 'email'];
const AUTH_METHOD = 'client_secret_post';
const MICROSOFT = 'MICROSOFT_MFA';
const MIN_SECRET = 32;
/** Both are stored as they are sent; an issuer of this dialect signs with the default where nothing is stored. */
const ALGORITHMS = ['RS256', 'EdDSA'] as const;

const PAGE = z.string().max(2000).nullable().default(null);

const CLIENT_TYPE = z.enum(['public', 'confidential']);
const ALGORITHM = z.enum(ALGORITHMS);

const FLOW = z.object({
  type: z.literal(MICROSOFT),
  app_id: z.guid(),
  allowed_tids: z.array(z.guid()).min(1).max(100),
  user_claim: z.enum(['preferred_username', 'oid']).default('preferred_username'),
});

/** `client_id` of a client. What has the form of a global id of the graph is none. */
const CLIENT_ID = z
  .string()
  .min(1)
  .max(128)
  .regex(/^(?![a-z]{3}~[a-z2-7]{8}~)[\x21-\x7e]+$/);

/** A client as it is sent: all of its members, of which those that are left out have their defaults. */
export const SENT_CLIENT = z
  .object({
    client_id: CLIENT_ID,
    name: z.string().min(1).max(255),
    tenant_id: z.string(),
    redirect_uris: z.array(z.string()).max(100).default([]),
    post_logout_redirect_uri: z.array(z.string()).max(100).default([]),
    allowed_scopes: z
      .array(z.enum(SCOPES))
      .max(100)
      .default([...DEFAULT_SCOPES]),
    token_endpoint_auth_method: z.literal(AUTH_METHOD).default(AUTH_METHOD),
    logo_uri: PAGE,
    op_policy_url: PAGE,
    op_tos_url: PAGE,
    op_user_agreement_url: PAGE,
    client_uri: PAGE,
    client_logout_uri: PAGE,
    register_enable: z.boolean().default(false),
    tenant_name: z.string().max(255).nullable().default(null),
    client_secret: z
      .string()
      .min(MIN_SECRET)
      .max(1024)
      .regex(/^[\x21-\x7e]+$/)
      .nullable()
      .default(null)
      .describe(
        'Null: the service makes one. A public client has none. A change leaves it as it is, unless the client becomes public.',
      ),
    client_type: CLIENT_TYPE.default('confidential'),
    is_lock: z.boolean().default(false).describe('Whether it cannot be deleted.'),
    sing_alg: ALGORITHM.default('EdDSA'),
    flow: FLOW.nullable().default(null),
  })
  .superRefine(({ client_type: type, client_secret: secret }, context) => {
    if (type !== 'public' || secret === null) return;
    context.addIssue({ code: 'custom', path: ['client_secret'], message: 'A public client has no secret.' });
  });

/** The shapes of clients that the description names. */
export const CLIENT_COMPONENTS = { AvailableSingAlg: ALGORITHM, ClientFlow: FLOW, ClientType: CLIENT_TYPE } as const;

type SentClient = z.output<typeof SENT_CLIENT>;

/** Whether an address is compared in a way that this dialect does not know. */
const isHidden = ({ match }: { readonly match: string }): boolean => match !== 'EXACT';

const addresses = (uris: readonly string[]) => uris.map((uri) => ({ uri }));
const links = (names: readonly string[]) => [...new Set(names)].map((name) => ({ name }));

const typeOf = ({ client_type: type }: SentClient) =>
  type === 'public' ? ('PUBLIC' as const) : ('CONFIDENTIAL' as const);

/** The variables that a new client and a change have in common. */
const toProperties = (client: SentClient) => ({
  name: client.name,
  redirects: addresses(client.redirect_uris),
  postLogoutRedirects: addresses(client.post_logout_redirect_uri),
  algorithm: client.sing_alg,
  logoUri: client.logo_uri,
  policyUri: client.op_policy_url,
  tosUri: client.op_tos_url,
  userAgreementUri: client.op_user_agreement_url,
  clientUri: client.client_uri,
  logoutUri: client.client_logout_uri,
  organizationName: client.tenant_name,
  isRegistrationEnabled: client.register_enable,
  isDeletionLocked: client.is_lock,
  specialFlow:
    client.flow === null
      ? null
      : {
          type: 'EXTERNAL_FACTOR' as const,
          applicationId: client.flow.app_id,
          directoryIds: client.flow.allowed_tids,
          userClaim: client.flow.user_claim === 'oid' ? ('OID' as const) : ('PREFERRED_USERNAME' as const),
        },
});

/** The variables of a new client. */
export const toNewClient = (client: SentClient) => ({
  ...toProperties(client),
  type: typeOf(client),
  clientId: client.client_id,
  grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN'] as const,
  authMethod: client.client_type === 'public' ? ('NONE' as const) : ('CLIENT_SECRET_POST' as const),
  scopes: links(client.allowed_scopes),
  secret: client.client_secret,
});

/** What a change looks at of the client before. */
type Before = Pick<FindClientData['client'], 'scopes' | 'redirects'>;

/** The variables of a change, except for the client. Scopes and addresses that this dialect cannot show stay. */
export const toChanges = (client: SentClient, { scopes, redirects }: Before) => ({
  ...toProperties(client),
  newType: typeOf(client),
  redirects: [...redirects.filter(isHidden), ...addresses(client.redirect_uris)],
  addedScopes: links(client.allowed_scopes),
  removedScopes: scopes
    .map(({ name }) => name)
    .filter((name) => isScope(name) && !client.allowed_scopes.includes(name)),
});

const SHOWN_TEXT = z.string().nullable();

/** The pages of a client, and whether people make accounts there, in every form in which it is shown. */
export const SHOWN_PAGES = {
  logo_uri: SHOWN_TEXT,
  op_policy_url: SHOWN_TEXT,
  op_tos_url: SHOWN_TEXT,
  op_user_agreement_url: SHOWN_TEXT,
  client_uri: SHOWN_TEXT,
  client_logout_uri: SHOWN_TEXT,
  register_enable: z.boolean(),
};

/** What clients of the graph have of them. */
type WithPages = Pick<
  ClientPresentationData['clientPresentation'],
  'logoUri' | 'policyUri' | 'tosUri' | 'userAgreementUri' | 'clientUri' | 'logoutUri' | 'isRegistrationEnabled'
>;

export const showPages = (client: WithPages) => ({
  logo_uri: client.logoUri,
  op_policy_url: client.policyUri,
  op_tos_url: client.tosUri,
  op_user_agreement_url: client.userAgreementUri,
  client_uri: client.clientUri,
  client_logout_uri: client.logoutUri,
  register_enable: client.isRegistrationEnabled,
});

/** A client as it is answered. */
export const CLIENT = z.strictObject({
  client_id: z.string(),
  name: z.string(),
  tenant_id: z.string(),
  redirect_uris: z.array(z.string()),
  post_logout_redirect_uri: z.array(z.string()),
  allowed_scopes: z.array(z.enum(SCOPES)),
  token_endpoint_auth_method: z.literal(AUTH_METHOD),
  ...SHOWN_PAGES,
  tenant_name: SHOWN_TEXT,
  client_secret: SHOWN_TEXT.describe('Only in the answer in which it is made.'),
  client_type: CLIENT_TYPE,
  is_lock: z.boolean(),
  sing_alg: ALGORITHM,
  flow: z
    .strictObject({
      type: z.literal(MICROSOFT),
      app_id: z.string(),
      allowed_tids: z.array(z.string()),
      user_claim: z.enum(['preferred_username', 'oid']),
    })
    .nullable(),
});

type Stored = NonNullable<UpdateClientData['updateClient']['client']>;

/** A stored client, without its secret. */
export function showClient(client: Stored | ClientData['client'], tenantName: string): z.input<typeof CLIENT> {
  const { specialFlow: flow } = client;
  return {
    client_id: client.clientId,
    name: client.name ?? client.clientId,
    tenant_id: tenantName,
    redirect_uris: client.redirects.filter((entry) => !isHidden(entry)).map(({ uri }) => uri),
    post_logout_redirect_uri: client.postLogoutRedirects.map(({ uri }) => uri),
    allowed_scopes: SCOPES.filter((scope) => client.scopes.some(({ name }) => name === scope)),
    token_endpoint_auth_method: AUTH_METHOD,
    ...showPages(client),
    tenant_name: client.organizationName,
    client_secret: null,
    client_type: client.type === 'PUBLIC' ? 'public' : 'confidential',
    is_lock: client.isDeletionLocked,
    sing_alg: client.idTokenAlg === 'RS256' ? 'RS256' : 'EdDSA',
    flow:
      flow === null
        ? null
        : {
            type: MICROSOFT,
            app_id: flow.applicationId,
            allowed_tids: [...flow.directoryIds],
            user_claim: flow.userClaim === 'OID' ? 'oid' : 'preferred_username',
          },
  };
}

/** A client that was just made, with its secret. */
export const showNewClient = (
  client: SentClient,
  tenantName: string,
  secret: string | null,
): z.input<typeof CLIENT> => ({
  ...client,
  tenant_id: tenantName,
  allowed_scopes: SCOPES.filter((scope) => client.allowed_scopes.includes(scope)),
  client_secret: secret,
});
