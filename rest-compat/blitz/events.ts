/**
 * Names of event types in the dialect's audit (docs/dialects/blitz.md, section 4). The manual shows only `login`; the others
 * are assumptions. A type that is not listed is not shown in this API.
 */
export const EVENT_NAMES: Readonly<Record<string, string>> = {
  'session.started': 'login',
  'session.renewed': 'login',
  'sign_in.failed': 'login_failed',
  'sign_in.factor_failed': 'login_failed',
  'session.ended': 'logout',
  'user.sessions_reset': 'sessions_reset',
  'user.created': 'user_registered',
  'user.updated': 'user_attrs_changed',
  'user.username_changed': 'user_attrs_changed',
  'user.email_changed': 'user_attrs_changed',
  'user.deleted': 'user_removed',
  'user.state_changed': 'state_changed',
  'auth_mode.required_factor_changed': 'required_factor_changed',
  'auth_mode.password_change_required': 'password_change_required',
  'auth_mode.locked_methods_changed': 'methods_locked_changed',
  'password.changed': 'password_changed',
  'password.reset': 'password_changed',
  'security_question.changed': 'sec_qsn_changed',
  'security_question.removed': 'sec_qsn_removed',
  'security_question.check_failed': 'sec_qsn_check_failed',
  'federation_link.added': 'ext_account_bound',
  'federation_link.removed': 'ext_account_unbound',
  'consent.revoked': 'scope_revoked',
  'device.removed': 'device_removed',
  'linked_app.removed': 'app_unlinked',
  'right.granted': 'right_granted',
  'right.revoked': 'right_revoked',
  'qr_sign_in.confirmed': 'qr_login_confirmed',
  'qr_sign_in.refused': 'qr_login_refused',
};

/**
 * Events of credentials are named by the kind of credential. Every kind has a name, because the query reads as many events as
 * `limit` says: one without a name would make the answer too short.
 */
export const CREDENTIAL_EVENT_NAMES: Readonly<Record<string, (kind: string) => string>> = {
  'credential.added': (kind) => `${kind}_attached`,
  'credential.removed': (kind) => `${kind}_detached`,
};
const CREDENTIAL_KINDS: Readonly<Record<string, string>> = {
  totp: 'totp',
  'security-key': 'security_key',
  passkey: 'security_key',
};
/** The name for kinds that the manual does not name, such as the first password of an account. */
const OTHER_CREDENTIAL = 'credential';

/** The event types of the graph that are shown. */
export const SHOWN_EVENT_TYPES: readonly string[] = [
  ...Object.keys(EVENT_NAMES),
  ...Object.keys(CREDENTIAL_EVENT_NAMES),
];

/** The dialect's name of an event whose type is shown. */
export function eventName(type: string, params: Readonly<Record<string, unknown>>): string {
  const ofCredential = CREDENTIAL_EVENT_NAMES[type];
  if (ofCredential === undefined) return EVENT_NAMES[type]!;
  return ofCredential(CREDENTIAL_KINDS[String(params['type'])] ?? OTHER_CREDENTIAL);
}
