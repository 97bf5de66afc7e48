import type { Samples } from '../engine/index.ts';
import { BROWSER_SAMPLES, OAUTH_SAMPLES } from '../oidc/samples.ts';
import { instanceIdOf } from './identifiers.ts';

const SUBJECT = '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11';
const DEVICE = 'SHA256_u8V2l0yVb7tqv4Yk2H1x3Q9mW5cT6nR0pZ8sD4fG7hJ';
const GROUP = { instanceId: 'Z3JwOjAxOWFiMmY0LTVjN2UtN2QxMC04YTM5LTJmNmY3ZDBiOWM0MQ', id: 'org-7', profile: 'orgs' };

const ACCOUNT = {
  sub: SUBJECT,
  login: 'ada',
  family_name: 'Lovelace',
  given_name: 'Ada',
  email: { value: 'ada@example.org', verified: true },
  phone_number: { value: '79990001122', verified: false },
  locked: false,
  meta: { instanceId: instanceIdOf(SUBJECT), unmodifiable: ['sub'] },
};

const AUTH_MODES = { requiredFactor: 2, needPasswordChange: false, methodsLocked: [] };
const REGISTRATION = {
  instanceId: instanceIdOf(SUBJECT),
  subject: SUBJECT,
  context: 'Zs4vQk1y7tJ3bXw9mN2cR8fL6hD0pG5a',
  cookies: [],
  instructions: ['confirm_email'],
};
const HELD_RIGHTS = {
  [`grps|${GROUP.id}|${GROUP.profile}`]: { ORG_ADMIN: ['portal'] },
  'its|portal': { APP_ADMIN: [] },
};
const GIVEN_RIGHTS = { [SUBJECT]: ['ORG_ADMIN'], 'its|portal': ['SYS_MON'] };
const GIVE_RIGHT = { subject: SUBJECT, object: GROUP.id, objectType: 'grps', objectExt: GROUP.profile };

/** Samples of the requests and answers of the rows; names and ids are invented. */
export const BLITZ_SAMPLES: Samples = {
  parameters: {
    ...OAUTH_SAMPLES.parameters,
    subjectId: SUBJECT,
    instanceId: instanceIdOf(SUBJECT),
    context: REGISTRATION.context,
    fpType: 'esia',
    fpName: 'esia_1',
    sid: '1000347601',
    fedPointType: 'esia',
    fedPointName: 'esia_1',
    QR_code: '0a9c2b1e-0d7a-4f6e-9a53-5b6f2f1c8d34',
    app_id: 'portal',
    grp_id: GROUP.id,
    profile: GROUP.profile,
    objectExt: GROUP.profile,
  },
  operations: {
    ...OAUTH_SAMPLES.operations,
    ...BROWSER_SAMPLES,
    IntrospectToken: {
      ...OAUTH_SAMPLES.operations['IntrospectToken'],
      reply: {
        active: true,
        scope: 'openid profile',
        client_id: 'portal',
        token_type: 'Bearer',
        exp: 1_764_075_600,
        iat: 1_764_072_000,
        sub: SUBJECT,
        jti: '019ab2f4-5c7e-7d10-8a39-2f6f7d0b9c41',
      },
    },
    User: { reply: ACCOUNT },
    UpdateUser: { body: { family_name: 'King', email: { value: 'ada@example.org', verified: true } }, reply: ACCOUNT },
    Users: { parameters: { query: 'and(eq(family_name,string:Lovelace),limit(10))' }, reply: [ACCOUNT] },
    UserProperties: { reply: { theme: 'dark', visits: 12 } },
    UpdateUserProperties: {
      body: { add: { theme: 'dark' }, remove: ['visits'] },
      reply: { theme: 'dark' },
    },
    SignUp: {
      body: {
        user: {
          attrs: { family_name: 'Lovelace', given_name: 'Ada', email: 'ada@example.org' },
          credentials: { password: 'three-wombats-at-dawn' },
        },
      },
      reply: REGISTRATION,
    },
    ContinueSignUp: {
      body: { instruction: 'confirm_email', value: '402917' },
      reply: { ...REGISTRATION, instructions: [] },
    },
    Consents: {
      parameters: { id: `${SUBJECT}_portal` },
      reply: [
        { id: `${SUBJECT}_portal`, updated: 1_764_072_000_000, client_id: 'portal', scopes: ['openid', 'profile'] },
      ],
    },
    RevokeConsent: { parameters: { id: `${SUBJECT}_portal` } },
    Audit: {
      parameters: { rql: 'and(ge(ts,1764000000),le(ts,1764086400),limit(50))' },
      reply: [
        {
          type: 'login',
          ts: 1_764_072_000_000,
          sbj: SUBJECT,
          obj: SUBJECT,
          ip: 3_405_803_783,
          ua: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0',
          cId: 'portal',
          lpId: 'portal',
          proc: 'login',
          sid: '019ab2f4-5c7e-7d10-8a39-2f6f7d0b9c41',
          prms: { id_store: 'internal' },
        },
      ],
    },
    FederationToken: { reply: { access_token: 'ya29.a0AfB_byC', token_type: 'Bearer', expires_in: 3600 } },
    AuthModes: { reply: AUTH_MODES },
    UpdateAuthModes: {
      body: { requiredFactor: 2, methodsLocked: ['password'] },
      reply: { ...AUTH_MODES, methodsLocked: ['password'] },
    },
    ReplacePassword: {
      body: { password: 'four-wombats-at-dawn', resetSessions: true },
      reply: { password: 'hk3-Vq9-pXz' },
    },
    ChangeDependentPassword: { body: { password: 'four-wombats-at-dawn', resetSessions: false } },
    LinkedApps: {
      reply: [
        {
          id: 'dyn~portal~8f14',
          name: { _default_: 'Portal on a phone' },
          availableScopes: ['openid'],
          softwareId: 'portal-mobile',
        },
      ],
    },
    RemoveLinkedApp: { parameters: { id: 'dyn~portal~8f14' } },
    Devices: {
      reply: [
        {
          id: DEVICE,
          subjectId: SUBJECT,
          name: 'Chrome 142',
          os: 'Linux',
          tp: 'Browser',
          deviceType: 'pc',
          device: 'PC',
          deviceId: '',
          latestIp: '203.0.113.7',
          lastUsed: 1_764_072_000,
          newlyCreated: false,
          trusted: true,
          cls: true,
        },
      ],
    },
    RemoveDevice: { parameters: { id: DEVICE } },
    AccountState: { reply: { name: 'active', checkedOn: 1_764_072_000 } },
    ExemptAccount: { body: { name: 'untouchable', till: 1_795_608_000 } },
    Totps: { reply: [{ id: `SW_TOTP_1_${SUBJECT}`, len: 6, name: 'Phone' }] },
    BeginTotpEnrolment: {
      reply: { base64QRCode: 'iVBORw0KGgo=', base32Secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' },
    },
    AttachTotp: { body: { base32Secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', otpCode: '492039', name: 'Phone' } },
    DetachTotp: { parameters: { id: `SW_TOTP_1_${SUBJECT}` } },
    SecurityQuestion: { reply: { question: 'The name of my first teacher?' } },
    CheckSecurityAnswer: { body: { question: 'The name of my first teacher?', answer: 'Mary' } },
    SetSecurityQuestion: { body: { question: 'The name of my first teacher?', answer: 'Mary' } },
    ExternalAccounts: {
      reply: [{ sid: '1000347601', fpType: 'esia', fpName: 'esia_1', userName: 'Ada Lovelace' }],
    },
    LinkExternalAccount: { body: { federatedAccountName: 'Ada Lovelace' } },
    BeginAccountLinking: {
      body: { fp: 'esia:esia_1', callback: 'https://app.example.com/linked', isPopup: false },
      reply: { redirectTo: 'https://provider.example.com/authorize?client_id=idgraph&response_type=code&state=5b6f' },
    },
    CompleteAccountLinking: {
      parameters: {
        type: 'esia',
        name: 'esia_1',
        state: '5b6f2f1c-8d34-4f6e-9a53-0a9c2b1e0d7a',
        code: 'SplxlOBeZQQYbYS6',
      },
    },
    QrSignIn: {
      reply: {
        code: '0a9c2b1e-0d7a-4f6e-9a53-5b6f2f1c8d34',
        appId: 'portal',
        appName: 'Portal',
        ip: '203.0.113.7',
        browser: 'Chrome 142',
        os: 'Linux',
        expiresIn: 110,
      },
    },
    RightsOfUser: { reply: HELD_RIGHTS },
    RightsOfApplication: { reply: HELD_RIGHTS },
    RightsOn: { reply: GIVEN_RIGHTS },
    GrantRights: { body: { ...GIVE_RIGHT, rights: ['ORG_ADMIN'], tags: ['portal'] } },
    RevokeRights: { body: { ...GIVE_RIGHT, rights: ['ORG_ADMIN'] } },
    ChangeRights: { body: { ...GIVE_RIGHT, add: ['ORG_ADMIN'], remove: ['SYS_MON'] } },
    Group: { parameters: { id: GROUP.id }, reply: { ...GROUP, name: 'Analytical Engines', INN: '7700000001' } },
    Groups: {
      parameters: { rql: 'and(eq(name,string:Analytical Engines),limit(10))' },
      reply: [GROUP],
    },
    CreateGroup: {
      body: { id: GROUP.id, profile: GROUP.profile, name: 'Analytical Engines', INN: '7700000001' },
      reply: { ...GROUP, name: 'Analytical Engines', INN: '7700000001' },
    },
    UpdateGroup: {
      parameters: { id: GROUP.id },
      body: { name: 'Difference Engines', INN: null },
      reply: { ...GROUP, name: 'Difference Engines' },
    },
    DeleteGroup: { parameters: { id: GROUP.id } },
    GroupMembers: {
      parameters: { id: GROUP.id },
      reply: [{ subjectId: SUBJECT, instanceId: instanceIdOf(SUBJECT) }],
    },
    AddGroupMembers: { parameters: { id: GROUP.id }, body: [{ subjectId: SUBJECT }] },
    RemoveGroupMembers: { parameters: { id: GROUP.id }, body: [SUBJECT] },
  },
};
