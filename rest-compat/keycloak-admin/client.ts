import { z } from 'zod';
import {
  CLIENT_MEMBERS,
  CLIENT_SHOWN,
  HIDDEN_SECRET,
  mapOf,
  type SentClient,
  showClient as showMembers,
  toClientChanges,
  toNewClient as toNewMembers,
  withoutAbsent,
} from '../realm-clients/client.ts';
import { assertProtocol, MAPPER, NEW_MAPPER, showMapper, toNewMapper } from './mapper.ts';
import type { Client, FindClientsData } from './operations.generated.ts';
import { holds } from './user.ts';

const TEXT = z.string().nullable().optional();
const FLAG = z.boolean().nullable().optional();
const NAMES = z.array(z.string()).nullable().optional();

/** A flag that this API alone has; it is kept and has no effect. */
const OWN_FLAG = 'alwaysDisplayInConsole';

/** A client as it is sent. */
export const SENT_CLIENT = z.object({
  clientId: TEXT.describe('Of a new client, default: a UUID. Cannot be changed.'),
  ...CLIENT_MEMBERS,
  [OWN_FLAG]: FLAG,
  authorizationServicesEnabled: FLAG.describe('Whether `uma-ticket` takes the client as `audience`.'),
  publicClient: FLAG.describe('Whether the client has no secret; cannot be changed.'),
  clientAuthenticatorType: TEXT,
  secret: TEXT.describe(`Another secret. \`${HIDDEN_SECRET}\` and an empty text change nothing.`),
  protocol: TEXT.describe('`openid-connect`.'),
  protocolMappers: z.array(NEW_MAPPER).nullable().optional().describe('Replaces those of the client.'),
  defaultClientScopes: NAMES.describe('Scopes of a new client. Default: those that the realm gives.'),
  optionalClientScopes: NAMES.describe('Scopes of a new client. Default: those that the realm gives.'),
});

type Sent = z.output<typeof SENT_CLIENT>;

/** The client with what is kept of it; an empty text removes an attribute. @throws INVALID_INPUT */
function toMembers({ clientId: _name, secret: _secret, ...sent }: Sent): SentClient {
  const { clientAuthenticatorType, publicClient, attributes, protocol } = sent;
  if (protocol != null) assertProtocol(protocol);
  const texts = Object.entries(attributes ?? {}).map(([name, value]) => [name, value === '' ? null : value] as const);
  return {
    ...sent,
    ...(attributes == null ? {} : { attributes: Object.fromEntries(texts) }),
    isPublic: publicClient,
    kept: withoutAbsent({ clientAuthenticatorType, [OWN_FLAG]: sent[OWN_FLAG] }),
  };
}

const secretOf = ({ secret }: Sent): string | null => (secret == null || secret === HIDDEN_SECRET ? null : secret);

const mappersOf = ({ protocolMappers }: Sent) =>
  protocolMappers == null ? {} : { mappers: protocolMappers.map(toNewMapper) };

const resourcesOf = ({ authorizationServicesEnabled: isOn }: Sent) => (isOn == null ? {} : { isResourceServer: isOn });

/** The scopes of a new client; absent where none are sent. */
function scopesOf({ defaultClientScopes, optionalClientScopes }: Sent) {
  if (defaultClientScopes == null && optionalClientScopes == null) return {};
  return {
    scopes: [
      ...(optionalClientScopes ?? []).map((name) => ({ name, isDefault: false })),
      ...(defaultClientScopes ?? []).map((name) => ({ name, isDefault: true })),
    ],
  };
}

/** The variables of a new client. @throws INVALID_INPUT */
export const toNewClient = (sent: Sent) => ({
  ...toNewMembers(toMembers(sent), secretOf(sent)),
  ...resourcesOf(sent),
  ...mappersOf(sent),
  ...scopesOf(sent),
  ...(sent.clientId == null || sent.clientId === '' ? {} : { clientId: sent.clientId }),
});

/** Lists and objects without members change nothing, and are not sent on. */
const withoutEmpty = <T extends object>(lists: T): Partial<T> =>
  Object.fromEntries(Object.entries(lists).filter(([, list]) => Object.keys(list as object).length > 0)) as Partial<T>;

/** The variables of changes, except for the client. @throws INVALID_INPUT */
export function toChanges(sent: Sent) {
  const { addedGrantTypes, removedGrantTypes, extraChanges, ...properties } = toClientChanges(toMembers(sent));
  const secret = secretOf(sent) ?? '';
  const lists = withoutEmpty({ addedGrantTypes, removedGrantTypes, extraChanges });
  const mayLack = lists.addedGrantTypes !== undefined || sent.redirectUris != null;
  return {
    ...properties,
    ...lists,
    ...resourcesOf(sent),
    ...mappersOf(sent),
    ...(secret === '' ? {} : { secret, keepSecretReadable: true }),
    ...(sent.clientId == null ? {} : { expectedClientId: sent.clientId }),
    ...(mayLack ? { canLackRedirects: true } : {}),
  };
}

const ACCESS = z.strictObject({ view: z.boolean(), configure: z.boolean(), manage: z.boolean() });

/** A client as it is answered (docs/dialects/kobil.md, section 4.3). */
export const CLIENT = z.strictObject({
  ...CLIENT_SHOWN,
  [OWN_FLAG]: z.boolean(),
  authorizationServicesEnabled: z.boolean(),
  clientId: z.string(),
  name: z.string().optional(),
  description: z.string().optional(),
  rootUrl: z.string().optional(),
  baseUrl: z.string().optional(),
  adminUrl: z.string().optional(),
  publicClient: z.boolean(),
  clientAuthenticatorType: z.string(),
  secret: z
    .string()
    .optional()
    .describe(`\`${HIDDEN_SECRET}\` for a client with a secret, which \`client-secret\` shows.`),
  attributes: z.record(z.string(), z.string()),
  protocolMappers: z.array(MAPPER),
  defaultClientScopes: z.array(z.string()),
  optionalClientScopes: z.array(z.string()),
  access: ACCESS.optional().describe('What the caller may do with the client.'),
  registrationAccessToken: z.string().optional().describe('Shown only when it is made.'),
});

/** What the caller may do with clients of the realm. */
export function clientAccessOf({ permissions }: FindClientsData['viewer']) {
  const may = holds(permissions);
  const mayWrite = may('client:write');
  return { view: may('client:read'), configure: mayWrite, manage: mayWrite };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** The client as it is answered. */
export function showClient(client: Client, access?: z.input<typeof ACCESS>): z.input<typeof CLIENT> {
  const { extra, scopes } = client;
  const authenticator = extra['clientAuthenticatorType'];
  const attributes = mapOf(extra, 'attributes').map(([name, value]) => [name, textOf(value)]);
  const scopesThat = (isDefault: boolean) =>
    scopes.filter((scope) => scope.isDefault === isDefault).map(({ name }) => name);
  const isPublic = client.type === 'PUBLIC';
  return {
    ...showMembers(client),
    [OWN_FLAG]: extra[OWN_FLAG] === true,
    authorizationServicesEnabled: client.isResourceServer,
    clientId: client.clientId,
    ...withoutAbsent({
      name: client.name,
      description: client.description,
      rootUrl: client.rootUrl,
      baseUrl: client.baseUrl,
      adminUrl: client.adminUrl,
    }),
    publicClient: isPublic,
    clientAuthenticatorType: typeof authenticator === 'string' ? authenticator : 'client-secret',
    ...(isPublic ? {} : { secret: HIDDEN_SECRET }),
    attributes: Object.fromEntries(attributes),
    protocolMappers: client.mappers.map(showMapper),
    defaultClientScopes: scopesThat(true),
    optionalClientScopes: scopesThat(false),
    ...(access === undefined ? {} : { access }),
  };
}
