import { totpIdOf } from './identifiers.ts';
import { ID_STORE } from './quirks.ts';
import { rightKeyOf } from './right-keys.ts';

/** The parts of an event from which its details are made. */
export interface PrmsSource {
  readonly type: string;
  readonly subjectId: string | null;
  readonly params: Readonly<Record<string, unknown>>;
}

type Params = PrmsSource['params'];
/** Details by their name in the dialect; undefined and null ones are left out. */
type Details = Readonly<Record<string, unknown>>;

/** The dialect's names of sign-in methods, by the name of RFC 8176; methods that are not listed keep their name. */
const METHODS: Readonly<Record<string, string>> = { pwd: 'password' };
/** The dialect's names of columns. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  username: 'login',
  givenName: 'given_name',
  familyName: 'family_name',
  middleName: 'middle_name',
  displayName: 'name',
  phone: 'phone_number',
  phoneVerified: 'phone_number',
  emailVerified: 'email',
};

const listed = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
const renamed = (names: readonly string[], by: Readonly<Record<string, string>>): string[] => [
  ...new Set(names.map((name) => (Object.hasOwn(by, name) ? by[name]! : name))),
];
/** Attributes that the deployment defined keep their name. */
const attributes = (changed: unknown): string[] =>
  renamed(listed(changed), ATTRIBUTES).map((name) => name.replace(/^attributes\./, ''));
const methods = (value: unknown): string[] => renamed(typeof value === 'string' ? [value] : listed(value), METHODS);

const modeValue = ({ value }: Params): Details => ({ value: value === null ? 'null' : value });
const externalAccount = ({ provider_type: type, provider_name: name, external_id: sid }: Params): Details => ({
  fp_type: type,
  fp_name: name,
  sid,
});
const newPassword = ({ sessions }: Params): Details => ({
  reset_sessions: sessions === undefined ? undefined : sessions === 'end-all',
});
const qrSignIn = ({ appId, ip }: Params): Details => ({ app_id: appId, ip });
const credential = ({ type, ordinal, credentialId }: Params, subjectId: string | null): Details =>
  type === 'totp' && subjectId !== null
    ? { totp_id: totpIdOf(Number(ordinal), subjectId) }
    : { id: credentialId, kind: type };

const rightKey = (kind: unknown, key: unknown, profile: unknown): string =>
  rightKeyOf({
    kind: String(kind).toUpperCase(),
    key: String(key),
    profile: typeof profile === 'string' ? profile : null,
  });
/** Events of rights also report changes of tags only; the right is still held when `tags_left` is not empty. */
const right = ({
  subjectKind,
  subject,
  objectKind,
  object,
  objectProfile,
  right: name,
  tags,
  tagsLeft,
}: Params): Details => ({
  subject: rightKey(subjectKind, subject, null),
  object: rightKey(objectKind, object, objectProfile),
  rights: name,
  tags,
  tags_left: tagsLeft,
});

const signedIn = ({ identifier, amr }: Params): Details => ({
  used_login: identifier,
  auth_methods: methods(amr),
  authnDone: true,
  id_store: ID_STORE,
});

const signInFailed = ({ identifier, method }: Params): Details => ({
  used_login: identifier,
  auth_methods: methods(method),
  authnDone: false,
  id_store: ID_STORE,
});

const seconds = (moment: unknown): number | undefined =>
  typeof moment === 'string' ? Math.floor(Date.parse(moment) / 1000) : undefined;

/** Details by type of the graph (docs/dialects/blitz.md, section 4); types without a row have none. */
const DETAILS: Readonly<Record<string, (params: Params, subjectId: string | null) => Details>> = {
  'session.started': signedIn,
  'session.renewed': signedIn,
  'session.ended': ({ amr }) => ({ auth_methods: methods(amr) }),
  'sign_in.failed': signInFailed,
  'sign_in.factor_failed': signInFailed,
  'user.updated': ({ changed }) => ({ attrs: attributes(changed) }),
  'user.username_changed': () => ({ attrs: 'login' }),
  'user.email_changed': () => ({ attrs: 'email' }),
  'user.state_changed': ({ value, until }) => ({
    name: value === 'untouchable' ? 'untouchable' : 'active',
    till: seconds(until),
  }),
  'auth_mode.required_factor_changed': modeValue,
  'auth_mode.password_change_required': modeValue,
  'auth_mode.locked_methods_changed': modeValue,
  'password.changed': newPassword,
  'password.reset': newPassword,
  'credential.added': credential,
  'credential.removed': credential,
  'federation_link.added': externalAccount,
  'federation_link.removed': externalAccount,
  'consent.revoked': ({ clientId }) => ({ client_id: clientId }),
  'device.removed': ({ deviceId }) => ({ id: deviceId }),
  'linked_app.removed': ({ id }) => ({ id }),
  'right.granted': right,
  'right.revoked': right,
  'qr_sign_in.confirmed': qrSignIn,
  'qr_sign_in.refused': qrSignIn,
};

const text = (value: unknown): string =>
  Array.isArray(value) ? value.join(',') : typeof value === 'object' ? JSON.stringify(value) : String(value);

/** Makes `prms` of an event: every value is a text, lists are joined by commas. */
export function eventPrms({ type, params, subjectId }: PrmsSource): Record<string, string> {
  const shown: Record<string, string> = {};
  if (!Object.hasOwn(DETAILS, type)) return shown;
  const details = DETAILS[type]!(params, subjectId);
  // An answer has hundreds of events, and a loop takes a fifth of the time of chained list functions.
  for (const [name, value] of Object.entries(details)) if (value != null) shown[name] = text(value);
  return shown;
}
