import { z } from 'zod';
import { PROFILE_MEMBERS, toProfile } from '../../realm-users/profile.ts';
import type { ImportCredentialInput, ImportLinkInput, ImportUserInput } from '../operations.generated.ts';
import { ROLE_NAMES, type RoleNaming, toRoles } from './role-names.ts';
import { type Read, type Reader, readEach, readOne, textIn } from './row.ts';

const TEXT = z.string().nullable().optional();
const FLAG = z.boolean().nullable().optional();
const NUMBER = z.number().nullable().optional();
const NAMES = z.array(z.string()).nullable().optional();

/** A credential as it is exported. */
export const CREDENTIAL = z.object({
  type: TEXT,
  credentialData: TEXT,
  secretData: TEXT,
  value: TEXT,
  temporary: FLAG,
  userLabel: TEXT,
  createdDate: NUMBER,
  priority: NUMBER,
});

const LINK = z.object({ identityProvider: z.string(), userId: z.string(), userName: TEXT });

const USER = z.object({
  id: TEXT,
  username: z.string().min(1),
  ...PROFILE_MEMBERS,
  emailVerified: FLAG,
  enabled: FLAG,
  createdTimestamp: NUMBER,
  requiredActions: NAMES,
  notBefore: NUMBER,
  credentials: z.array(CREDENTIAL).nullable().optional(),
  federatedIdentities: z.array(LINK).nullable().optional(),
  groups: NAMES,
  ...ROLE_NAMES,
});
type Sent = z.output<typeof USER>;

/** The last millisecond of the year 9999. */
const MAX_TIME = 253_402_300_799_999;

/** The moment as the graph has it; null for a number that is none. */
const toMoment = (milliseconds: number | null | undefined): string | null =>
  milliseconds != null && milliseconds > 0 && milliseconds <= MAX_TIME ? new Date(milliseconds).toISOString() : null;

function toCreated(milliseconds: number | null | undefined): { readonly createdAt?: string } {
  const createdAt = toMoment(milliseconds);
  return createdAt === null ? {} : { createdAt };
}

function toCredential({ temporary, priority: _order, ...sent }: z.output<typeof CREDENTIAL>): ImportCredentialInput {
  const given = Object.entries(sent).filter(([, value]) => value !== null && value !== undefined);
  return { ...Object.fromEntries(given), ...(temporary == null ? {} : { isTemporary: temporary }) };
}

/** Credentials in the order in which they count: small priorities first. */
export const toCredentials = (credentials: readonly z.output<typeof CREDENTIAL>[]): ImportCredentialInput[] =>
  credentials.toSorted((one, other) => (one.priority ?? 0) - (other.priority ?? 0)).map(toCredential);

const toLinks = ({ federatedIdentities }: Sent): ImportLinkInput[] =>
  (federatedIdentities ?? []).map(({ identityProvider, userId, userName }) => ({
    provider: identityProvider,
    externalId: userId,
    externalName: userName ?? null,
  }));

function toUser(sent: Sent, naming: RoleNaming): ImportUserInput {
  const { id, username, emailVerified, enabled, createdTimestamp, requiredActions, notBefore } = sent;
  const { attributes, ...profile } = toProfile(sent);
  return {
    ...(id == null ? {} : { subject: id }),
    username,
    ...profile,
    emailVerified: emailVerified ?? false,
    isEnabled: enabled ?? false,
    attributes: attributes ?? {},
    requiredActions: requiredActions ?? [],
    ...toCreated(createdTimestamp),
    ...(notBefore == null ? {} : { notBefore: toMoment(notBefore * 1000) }),
    roles: toRoles(sent, naming),
    groups: sent.groups ?? [],
    credentials: toCredentials(sent.credentials ?? []),
    links: toLinks(sent),
  };
}

/** An account of a client, which signs in by the client's secret and has no profile. */
const SERVICE_ACCOUNT = z.object({ groups: NAMES, ...ROLE_NAMES });

/** One user. An account of a client is a row by the `client_id`. */
function readUser(sent: unknown, naming: RoleNaming): Read {
  const clientId = textIn(sent, 'serviceAccountClientId');
  if (clientId !== '') {
    const accounts: Reader<'serviceAccount', z.output<typeof SERVICE_ACCOUNT>> = {
      kind: 'serviceAccount',
      shape: SERVICE_ACCOUNT,
      toInput: (account) => ({ roles: toRoles(account, naming), groups: account.groups ?? [] }),
    };
    return readOne(accounts, { owner: '', name: clientId }, sent);
  }
  const users: Reader<'user', Sent> = { kind: 'user', shape: USER, toInput: (user) => toUser(user, naming) };
  return readOne(users, { owner: '', name: textIn(sent, 'username') }, sent);
}

/** A list of users. */
export const readUsers = (users: unknown, naming: RoleNaming): Read =>
  readEach('users', users, (sent) => readUser(sent, naming));
