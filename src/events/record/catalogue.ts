/**
 * Whose cached access is checked again after an event; only this column decides it (`readEndedAccess`).
 * - `session`: that session alone.
 * - `subject`: the account, and with it the token or token family that the event names; where it names none of them, the
 *   tenant.
 * - `client`: the client and everything issued to it.
 * - `tenant`: the whole tenant.
 * A check costs one read, so in doubt a row names the wider scope.
 */
export type EventEnds = 'subject' | 'client' | 'tenant' | 'session' | 'nothing';

export interface EventTypeRow {
  /** What dashboards group by. */
  readonly category: string;
  readonly ends: EventEnds;
  /** What it reports; shown in the schema and in `docs/events.md`. */
  readonly description: string;
}

/** The one list of security event types: `noun.past_verb`, neutral words. The dialects name them anew in their own data files. */
export const EVENT_TYPES = {
  'session.started': { category: 'sign-in', ends: 'nothing', description: 'A user signed in.' },
  'session.ended': { category: 'sign-in', ends: 'session', description: 'A user signed out.' },
  'session.revoked': {
    category: 'sign-in',
    ends: 'session',
    description: 'A session was ended by another person or by a rule.',
  },
  'sign_in.failed': { category: 'sign-in', ends: 'nothing', description: 'A sign-in was refused.' },
  'sign_in.factor_failed': { category: 'sign-in', ends: 'nothing', description: 'A second factor was refused.' },
  'user.sessions_reset': {
    category: 'sign-in',
    ends: 'subject',
    description: 'All sessions and tokens of a user were ended.',
  },
  'tenant.sessions_revoked': {
    category: 'sign-in',
    ends: 'tenant',
    description: 'All sessions of a tenant were ended.',
  },
  'token.issued': { category: 'token', ends: 'nothing', description: 'A token was issued.' },
  'token.refused': { category: 'token', ends: 'nothing', description: 'A token request was refused.' },
  'token.revoked': { category: 'token', ends: 'subject', description: 'A token was revoked.' },
  'refresh_token.reused': {
    category: 'token',
    ends: 'subject',
    description: 'A spent refresh token returned; its family was revoked.',
  },
  'code.replayed': {
    category: 'token',
    ends: 'subject',
    description: 'A spent authorization code returned; its tokens were revoked.',
  },
  'user.created': { category: 'user', ends: 'nothing', description: 'A user account was created.' },
  'user.updated': { category: 'user', ends: 'nothing', description: 'Attributes of a user changed.' },
  'user.deleted': { category: 'user', ends: 'subject', description: 'A user account was deleted.' },
  'user.enabled': { category: 'user', ends: 'nothing', description: 'A user account was enabled.' },
  'user.disabled': { category: 'user', ends: 'subject', description: 'A user account was disabled.' },
  'user.state_changed': { category: 'user', ends: 'subject', description: 'The inactivity state of a user changed.' },
  'user.properties_changed': { category: 'user', ends: 'nothing', description: 'Properties of a user changed.' },
  'user.username_changed': { category: 'user', ends: 'nothing', description: 'The username of a user changed.' },
  'user.email_changed': { category: 'user', ends: 'nothing', description: 'The e-mail address of a user changed.' },
  'user.email_verified': {
    category: 'user',
    ends: 'nothing',
    description: 'The e-mail address of a user was verified.',
  },
  'auth_mode.required_factor_changed': {
    category: 'auth-mode',
    ends: 'nothing',
    description: 'Whether a second factor is required changed.',
  },
  'auth_mode.password_change_required': {
    category: 'auth-mode',
    ends: 'nothing',
    description: 'A password change was demanded at the next sign-in.',
  },
  'auth_mode.locked_methods_changed': {
    category: 'auth-mode',
    ends: 'nothing',
    description: 'The sign-in methods a user may not use changed.',
  },
  'auth_mode.required_actions_changed': {
    category: 'auth-mode',
    ends: 'nothing',
    description: 'What a user has to do at the next sign-in changed.',
  },
  'password.changed': { category: 'credential', ends: 'subject', description: 'A password was changed by its user.' },
  'password.reset_requested': {
    category: 'credential',
    ends: 'nothing',
    description: 'A password reset was asked for.',
  },
  'password.reset': {
    category: 'credential',
    ends: 'subject',
    description: 'A password was set by another person or through a reset.',
  },
  'credential.added': { category: 'credential', ends: 'nothing', description: 'A credential was added.' },
  'credential.removed': { category: 'credential', ends: 'nothing', description: 'A credential was removed.' },
  'credential.updated': {
    category: 'credential',
    ends: 'nothing',
    description: 'A credential was renamed or reordered.',
  },
  'security_question.changed': {
    category: 'credential',
    ends: 'nothing',
    description: 'The security question of a user was set.',
  },
  'security_question.removed': {
    category: 'credential',
    ends: 'nothing',
    description: 'The security question of a user was removed.',
  },
  'security_question.check_failed': {
    category: 'credential',
    ends: 'nothing',
    description: 'An answer to the security question of a user was refused.',
  },
  'federation_link.added': {
    category: 'federation',
    ends: 'nothing',
    description: 'An external account was linked to a user.',
  },
  'federation_link.removed': {
    category: 'federation',
    ends: 'nothing',
    description: 'An external account was unlinked from a user.',
  },
  'federation_link.updated': {
    category: 'federation',
    ends: 'nothing',
    description: 'A linked external account was renamed.',
  },
  'federation_link.refused': {
    category: 'federation',
    ends: 'nothing',
    description: 'Linking an external account through its provider failed.',
  },
  'federation_token.read': {
    category: 'federation',
    ends: 'nothing',
    description: 'A stored token of an external account was handed out.',
  },
  'provider.created': { category: 'federation', ends: 'nothing', description: 'A federation provider was created.' },
  'provider.updated': { category: 'federation', ends: 'nothing', description: 'A federation provider was changed.' },
  'provider.deleted': { category: 'federation', ends: 'nothing', description: 'A federation provider was deleted.' },
  'consent.granted': {
    category: 'consent',
    ends: 'nothing',
    description: 'A user gave a client permissions (consent).',
  },
  'consent.revoked': {
    category: 'consent',
    ends: 'subject',
    description: 'The permissions that a user gave a client were revoked.',
  },
  'device.seen': {
    category: 'device',
    ends: 'nothing',
    description: 'A user signed in on a device for the first time.',
  },
  'device.removed': { category: 'device', ends: 'nothing', description: 'A known device of a user was removed.' },
  'linked_app.bound': { category: 'device', ends: 'nothing', description: 'An app instance was given to a user.' },
  'linked_app.removed': {
    category: 'device',
    ends: 'client',
    description: 'An app of a user was unlinked; its credentials ended.',
  },
  'right.granted': {
    category: 'right',
    ends: 'nothing',
    description: 'A right on a user, group or application was given.',
  },
  'right.revoked': {
    category: 'right',
    ends: 'nothing',
    description: 'A right on a user, group or application was taken away.',
  },
  'qr_sign_in.confirmed': {
    category: 'sign-in',
    ends: 'nothing',
    description: 'A user allowed a sign-in that was shown as a QR code.',
  },
  'qr_sign_in.refused': {
    category: 'sign-in',
    ends: 'nothing',
    description: 'A user refused a sign-in that was shown as a QR code.',
  },
  'mail.sent': {
    category: 'delivery',
    ends: 'nothing',
    description: 'A mail or text message was handed over for delivery.',
  },
  'mail.failed': {
    category: 'delivery',
    ends: 'nothing',
    description: 'A mail or text message could not be delivered.',
  },
  'lockout.started': {
    category: 'lockout',
    ends: 'nothing',
    description: 'A subject was blocked after failed attempts.',
  },
  'lockout.lifted': { category: 'lockout', ends: 'nothing', description: 'A block was lifted.' },
  'client.created': { category: 'client', ends: 'nothing', description: 'A client was created.' },
  'client.updated': { category: 'client', ends: 'client', description: 'A client was changed.' },
  'client.deleted': { category: 'client', ends: 'client', description: 'A client was deleted.' },
  'client.secret_rotated': { category: 'client', ends: 'client', description: 'A client secret was replaced.' },
  'client.secret_read': { category: 'client', ends: 'nothing', description: 'A client secret was shown.' },
  'role.created': { category: 'role', ends: 'nothing', description: 'A role was created.' },
  'role.updated': { category: 'role', ends: 'tenant', description: 'A role was changed.' },
  'role.deleted': { category: 'role', ends: 'tenant', description: 'A role was deleted.' },
  'role_grant.added': { category: 'role', ends: 'nothing', description: 'A role was granted.' },
  'role_grant.removed': { category: 'role', ends: 'subject', description: 'A role was withdrawn.' },
  'group.created': { category: 'group', ends: 'nothing', description: 'A group was created.' },
  'group.updated': { category: 'group', ends: 'tenant', description: 'A group was changed.' },
  'group.deleted': { category: 'group', ends: 'tenant', description: 'A group was deleted.' },
  'group_member.added': { category: 'group', ends: 'nothing', description: 'A user was added to a group.' },
  'group_member.removed': { category: 'group', ends: 'subject', description: 'A user was removed from a group.' },
  'tenant.created': { category: 'tenant', ends: 'nothing', description: 'A tenant was created.' },
  'tenant.updated': { category: 'tenant', ends: 'tenant', description: 'A tenant was changed.' },
  'tenant.deleted': { category: 'tenant', ends: 'tenant', description: 'A tenant was deleted.' },
  'setting.changed': { category: 'tenant', ends: 'tenant', description: 'A setting of a tenant was changed.' },
  'key.rotated': { category: 'tenant', ends: 'nothing', description: 'A signing key was made or replaced.' },
  'riskbit.created': { category: 'risk', ends: 'nothing', description: 'A riskbit was created.' },
  'riskbit.updated': { category: 'risk', ends: 'nothing', description: 'A riskbit was changed.' },
  'riskbit.deleted': { category: 'risk', ends: 'nothing', description: 'A riskbit was deleted.' },
  'device_risk.assessed': { category: 'risk', ends: 'nothing', description: 'The risk of a device was assessed.' },
} as const satisfies Record<string, EventTypeRow>;

export type EventType = keyof typeof EVENT_TYPES;

export function isEventType(value: string): value is EventType {
  return Object.hasOwn(EVENT_TYPES, value);
}
