import { z } from 'zod';
import {
  CLIENT_MEMBERS,
  CLIENT_SHOWN,
  mapOf,
  type SentClient,
  showClient,
  toClientChanges,
  toNewClient,
  withoutAbsent,
} from '../realm-clients/client.ts';
import { divideMappers, PROTOCOL } from '../realm-clients/mapper.ts';
import type { AppData } from './operations.generated.ts';

const TEXT = z.string().nullable().optional();

/** What a new app has among its attributes. */
const DEFAULT_ATTRIBUTES = {
  'backchannel.logout.session.required': true,
  'backchannel.logout.revoke.offline.tokens': false,
};

/** The scopes that a new app may ask for, as the older service has them. */
const SCOPES = [
  ...['email', 'profile'].map((name) => ({ name, isDefault: true })),
  ...['address', 'offline_access', 'openid', 'phone'].map((name) => ({ name, isDefault: false })),
];

/** What a change of an app may name; null counts as absent. */
const PROPERTIES = {
  ...CLIENT_MEMBERS,
  publicApp: z.boolean().nullable().optional().describe('Whether the app has no secret; cannot be changed.'),
  appAuthenticatorType: TEXT,
  protocolMappers: z
    .array(z.record(z.string(), z.unknown()))
    .nullable()
    .optional()
    .describe('Replaces those of the app.'),
};

/** Name of an app. What has the form of a global id of the graph is none. */
export const APP_NAME = z
  .string()
  .min(1)
  .max(255)
  .regex(/^(?![a-z]{3}~[a-z2-7]{8}~)/);

/** Changes of an app. */
export const SENT_APP = z.object({ appName: APP_NAME.describe('Mandatory.'), ...PROPERTIES });

/** A new app. */
export const NEW_APP = z.object({
  ...SENT_APP.shape,
  adminUrl: TEXT.describe('Default: `rootUrl`.'),
  secret: TEXT.describe('Default: a UUID.'),
});

type SentApp = z.output<typeof SENT_APP>;

/** An app as it is answered. */
export const APP = z.strictObject({
  ...CLIENT_SHOWN,
  appName: z.string(),
  name: z.string().nullable(),
  description: z.string().nullable(),
  publicApp: z.boolean(),
  appAuthenticatorType: z.string().nullable(),
  rootUrl: z.string().nullable(),
  baseUrl: z.string().nullable(),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  protocolMappers: z.array(z.record(z.string(), z.unknown())),
});

/** The app under the names of a client. */
function toClient({ publicApp, appAuthenticatorType, protocolMappers, ...client }: SentApp): SentClient {
  const others = protocolMappers == null ? null : divideMappers(protocolMappers).others;
  const kept = withoutAbsent({ clientAuthenticatorType: appAuthenticatorType, protocolMappers: others });
  return { ...client, isPublic: publicApp, kept };
}

/** The mappers that the service has; absent where none are sent. */
const mappersOf = ({ protocolMappers }: SentApp) =>
  protocolMappers == null ? {} : { mappers: divideMappers(protocolMappers).mappers };

/** The variables of a new app. */
export function toNewApp({ secret, ...app }: z.output<typeof NEW_APP>) {
  const client = toNewClient(toClient(app), secret);
  return {
    ...(client.rootUrl == null ? {} : { adminUrl: client.rootUrl }),
    ...client,
    ...mappersOf(app),
    clientId: app.appName,
    scopes: SCOPES,
  };
}

/** The variables of changes of an app, except for the app. */
export const toAppChanges = (app: SentApp) => ({ ...toClientChanges(toClient(app)), ...mappersOf(app) });

type Mapper = AppData['client']['mappers'][number];

/** Texts that other APIs keep for true and false. */
const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false };

function showAttributes(extra: AppData['client']['extra']): Record<string, string | number | boolean> {
  const kept = mapOf(extra, 'attributes').map(([name, value]) => [name, showAttribute(value)] as const);
  return { ...DEFAULT_ATTRIBUTES, ...Object.fromEntries(kept) };
}

/** The mapper as it is answered, with the texts of its settings for true and false as such. */
function showMapper({ mapperId, name, type, config }: Mapper): Record<string, unknown> {
  const settings = Object.entries(config).map(([key, value]) => [key, showAttribute(value)] as const);
  return { id: mapperId, name, protocol: PROTOCOL, protocolMapper: type, config: Object.fromEntries(settings) };
}

function showAttribute(value: unknown): string | number | boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return Object.hasOwn(BOOLEANS, text) ? BOOLEANS[text]! : text;
}

/** The app of the older service. */
export function showApp(client: AppData['client']): z.input<typeof APP> {
  const { extra } = client;
  const { clientAuthenticatorType: authenticator, protocolMappers } = extra;
  return {
    ...showClient(client),
    appName: client.clientId,
    name: client.name,
    description: client.description,
    publicApp: client.type === 'PUBLIC',
    appAuthenticatorType: typeof authenticator === 'string' ? authenticator : null,
    rootUrl: client.rootUrl,
    baseUrl: client.baseUrl,
    attributes: showAttributes(extra),
    protocolMappers: [...client.mappers.map(showMapper), ...(Array.isArray(protocolMappers) ? protocolMappers : [])],
  };
}
