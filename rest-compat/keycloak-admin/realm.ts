import { z } from 'zod';
import { invalidField } from '../../src/kernel/index.ts';
import { type ItemOf, present } from '../engine/index.ts';
import { toObjectId } from '../realm-users/object-id.ts';
import { SENT_MAIL_SERVER, toMailServer } from '../realms/mail-server.ts';
import type { RealmInfoData, RealmListData, Tenant } from '../realms/operations.generated.ts';
import { readAll, toRealmSource } from '../realms/property.ts';
import { showDefaultRole, showRealm } from '../realms/realm.ts';
import { HEADERS, OPTIONAL_PROPERTIES } from '../realms/realm-properties.ts';
import {
  REALM_MEMBERS,
  readOwnAttributes,
  type SentRealm,
  type SentSettings,
  toRealmUpdate,
} from '../realms/realm-settings.ts';
import type { Scalar } from '../realms/realm-values.ts';
import { ACTIONS_SENT, toActionChanges } from '../realms/required-actions.ts';
import { NOT_BEFORE, toNotBefore } from './not-before.ts';

/** A realm as it is answered: docs/dialects/kobil.md, section 4.17. */
export const REALM = z
  // A record would copy all of its members.
  .custom<Readonly<Record<string, unknown>>>((value) => typeof value === 'object' && value !== null)
  .meta({ type: 'object', additionalProperties: {} });

const isThere = ([, value]: readonly [string, unknown]): boolean => value !== null && value !== undefined;

/** Attributes are texts here; those that are not set are left out. */
const toTexts = (attributes: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes)
      .filter(isThere)
      .map(([name, value]) => [name, String(value)]),
  );

/** A realm without its default role. */
function showWithoutRole(tenant: Tenant): Record<string, unknown> {
  const realm = showRealm(tenant);
  const source = toRealmSource(tenant);
  return {
    ...realm,
    ...Object.fromEntries(Object.entries(readAll(OPTIONAL_PROPERTIES, source)).filter(isThere)),
    attributes: { ...readOwnAttributes(source), ...toTexts(realm['attributes'] as Record<string, unknown>) },
  };
}

/** The realm as it is answered. */
export function showWhole(data: RealmInfoData): Record<string, unknown> {
  const role = showDefaultRole(data);
  return { ...showWithoutRole(present(data.tenant)), ...(role === null ? {} : { defaultRole: role }) };
}

type Listed = ItemOf<RealmListData['tenants']['nodes']>;

/** A realm of a list. */
export function showListed(tenant: Listed, isBrief: boolean): Record<string, unknown> {
  if (!isBrief) return showWithoutRole(tenant as Tenant);
  const { id, name, displayName, isEnabled } = tenant;
  return {
    id: toObjectId(id),
    realm: name,
    ...(displayName === null ? {} : { displayName }),
    enabled: isEnabled,
  };
}

const SCALAR = z.union([z.string(), z.number(), z.boolean()]);
const VALUE = z
  .union([SCALAR, z.array(z.string())])
  .nullable()
  .optional();
const VALUES = z.record(z.string(), SCALAR.nullable()).nullable().optional();
const MEMBERS = Object.fromEntries(REALM_MEMBERS.map((name) => [name, VALUE])) as Record<never, typeof VALUE>;

/** Without a host there is no server. */
const NO_MAIL_SERVER = z.object({ host: z.literal('').nullable().optional() });
/** A server for mails as it is sent. */
export const SENT_SERVER = SENT_MAIL_SERVER.extend({
  auth: z
    .union([z.boolean(), z.enum(['true', 'false'])])
    .nullable()
    .optional()
    .describe('False: `user` and `password` do not count.'),
});

const REALM_SHAPE = z.object({
  realm: z.string().nullable().optional().describe('Name of the realm, which never changes.'),
  ...MEMBERS,
  attributes: VALUES.describe('Others stay; null or an empty text removes one.'),
  browserSecurityHeaders: VALUES,
  smtpServer: z.union([SENT_SERVER, NO_MAIL_SERVER]).nullable().optional(),
  requiredActions: ACTIONS_SENT,
  notBefore: NOT_BEFORE,
});
type SentBody = z.output<typeof REALM_SHAPE>;

/** Values that are sent: null counts as not sent, and the items of a list stand with commas between them. */
function membersOf(body: SentBody): SentSettings {
  const values = body as Readonly<Record<string, z.output<typeof VALUE>>>;
  const sent = REALM_MEMBERS.filter((name) => values[name] != null);
  return Object.fromEntries(sent.map((name) => [name, toScalar(values[name]!)]));
}

const toScalar = (value: Scalar | readonly string[]): Scalar => (typeof value === 'object' ? value.join(',') : value);

const toSentRealm = (body: SentBody): SentRealm => ({
  members: membersOf(body),
  attributes: Object.fromEntries(
    Object.entries(body.attributes ?? {}).map(([name, value]) => [name, value === '' ? null : value]),
  ),
  headers: Object.fromEntries(
    Object.entries(body.browserSecurityHeaders ?? {}).filter(([name]) => Object.hasOwn(HEADERS, name)),
  ),
});

/** A realm as it is sent. */
export const SENT_REALM = REALM_SHAPE.refine((body) => toRealmUpdate(toSentRealm(body)) !== null);

/** The server in the graph; null where none is named. */
export function toServer(sent: NonNullable<SentBody['smtpServer']>) {
  if (!('from' in sent)) return null;
  const { auth, ...server } = sent;
  return toMailServer(auth === false || auth === 'false' ? { ...server, user: null } : server);
}

/** The change that a realm as it is sent makes. */
function toChange(body: SentBody) {
  const { settings, ...change } = toRealmUpdate(toSentRealm(body))!;
  const { smtpServer } = body;
  return {
    ...change,
    settings: {
      ...settings,
      ...(smtpServer == null ? {} : { mailServer: toServer(smtpServer) }),
      ...toActionChanges(body.requiredActions),
    },
  };
}

/** A realm that is sent for a tenant. @throws INVALID_INPUT It has another name. */
export function toUpdate(body: SentBody, tenantName: string) {
  if (body.realm != null && body.realm !== tenantName)
    throw invalidField('realm', 'NAME_FIXED', 'The name of a realm cannot be changed.');
  return { ...toChange(body), ...toNotBefore(body.notBefore) };
}

/** The variables of a new realm, which is disabled unless something else is sent. @throws INVALID_INPUT It has no name. */
export function toNewRealm(body: SentBody) {
  const { realm } = body;
  if (realm == null || realm === '') throw invalidField('realm', 'NAME_MISSING', 'A realm has a name.');
  const { extra, isEnabled = false, ...change } = toChange(body);
  return { ...change, name: realm, isEnabled, extra: extra.set ?? {} };
}
