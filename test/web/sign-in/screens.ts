import { toDataURL } from 'qrcode';

/** What every state has. */
const SHARED = { tenant: { name: 'acme', displayName: 'Acme Industries' }, locale: 'en' };
export const HANDLE = 'handle-of-the-interaction';

export const APPLICATION = {
  clientId: 'travel',
  name: 'Travel Desk',
  clientUri: 'https://travel.example',
  policyUri: 'https://travel.example/privacy',
  tosUri: 'https://travel.example/terms',
};
export const ALICE = { userId: 'u1', name: 'Alice Example', username: 'alice' };
const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const URI = `otpauth://totp/Acme%20Industries:alice?secret=${SECRET}&issuer=Acme%20Industries`;

/** The steps of an interaction, as the graph gives them. */
export const STEPS = {
  password: {
    __typename: 'PasswordStep',
    identifier: null,
    isIdentifierFixed: false,
    canRemember: true,
    canRegister: true,
    canResetPassword: true,
    offersImage: false,
    canRegisterImage: false,
    offersPasskey: false,
  },
  passwordOrImage: {
    __typename: 'PasswordStep',
    identifier: null,
    isIdentifierFixed: false,
    canRemember: true,
    canRegister: true,
    canResetPassword: true,
    offersImage: true,
    canRegisterImage: true,
    offersPasskey: false,
  },
  passwordOrPasskey: {
    __typename: 'PasswordStep',
    identifier: null,
    isIdentifierFixed: false,
    canRemember: true,
    canRegister: true,
    canResetPassword: true,
    offersImage: false,
    canRegisterImage: false,
    offersPasskey: true,
  },
  passwordOfOne: {
    __typename: 'PasswordStep',
    identifier: 'alice',
    isIdentifierFixed: true,
    canRemember: false,
    canRegister: false,
    canResetPassword: false,
    offersImage: false,
    canRegisterImage: false,
    offersPasskey: false,
  },
  registration: { __typename: 'RegistrationStep', identifier: null, isEmailUsername: false, minLength: 12 },
  registrationByEmail: {
    __typename: 'RegistrationStep',
    identifier: 'alice@example.com',
    isEmailUsername: true,
    minLength: 0,
  },
  passwordReset: { __typename: 'PasswordResetStep', identifier: 'alice', isIdentifierFixed: false },
  passwordResetOfOne: { __typename: 'PasswordResetStep', identifier: 'alice', isIdentifierFixed: true },
  passwordResetCode: { __typename: 'PasswordResetCodeStep', digits: 8 },
  factor: { __typename: 'FactorStep', methods: ['TOTP', 'RECOVERY_CODE'] },
  factorNone: { __typename: 'FactorStep', methods: [] },
  factorPasskey: { __typename: 'FactorStep', methods: ['PASSKEY', 'TOTP', 'RECOVERY_CODE'] },
  factorSecurityKey: { __typename: 'FactorStep', methods: ['SECURITY_KEY', 'PASSKEY', 'RECOVERY_CODE'] },
  enrolmentOpen: { __typename: 'FactorEnrolmentStep', enrolment: null },
  enrolment: {
    __typename: 'FactorEnrolmentStep',
    enrolment: { secret: SECRET, uri: URI, qrImage: await toDataURL(URI) },
  },
  terms: { __typename: 'TermsStep', text: `${'You use the service at your own risk. '.repeat(40)}\n\nSecond part.` },
  termsOfApplication: { __typename: 'TermsStep', text: null },
  newPassword: { __typename: 'NewPasswordStep', minLength: 12, isForgotten: false },
  forgottenPassword: { __typename: 'NewPasswordStep', minLength: 12, isForgotten: true },
  emailCodeUnsent: { __typename: 'EmailCodeStep', email: 'a***@example.com', isSent: false },
  emailCode: { __typename: 'EmailCodeStep', email: 'a***@example.com', isSent: true },
  keyEnrolment: { __typename: 'KeyEnrolmentStep', kind: 'PASSKEY' },
  keyEnrolmentOfSecurityKey: { __typename: 'KeyEnrolmentStep', kind: 'SECURITY_KEY' },
  otherActions: { __typename: 'OtherActionsStep', actions: ['UPDATE_PROFILE', 'VERIFY_PROFILE'] },
  account: {
    __typename: 'AccountStep',
    accounts: [
      ALICE,
      { userId: 'u2', name: 'Robert von und zu Langenscheidt-Wolkenstein', username: 'robert.long@example.com' },
    ],
  },
  consent: {
    __typename: 'ConsentStep',
    account: ALICE,
    scopes: [
      { name: 'profile', description: 'See your name and picture', isLasting: false },
      { name: 'email', description: 'See your e-mail address', isLasting: false },
      { name: 'offline_access', description: 'Keep access to your data', isLasting: true },
    ],
  },
  finished: { __typename: 'Finished', continueAt: '/application?finished' },
} as const;

export const signInState = (step: object, application: object | null = APPLICATION): object => ({
  ...SHARED,
  page: 'sign-in',
  handle: HANDLE,
  interaction: { handle: HANDLE, application, step },
});

export const signOutState = (application: object | null = APPLICATION): object => ({
  ...SHARED,
  page: 'sign-out',
  handle: HANDLE,
  account: ALICE,
  application,
});

export const linkAccountState = (application: object | null = APPLICATION): object => ({
  ...SHARED,
  page: 'link-account',
  handle: HANDLE,
  provider: 'Example Mail',
  externalName: 'alice@mail.example',
  account: ALICE,
  application,
});

export const ACCOUNT_STATE = {
  ...SHARED,
  page: 'account',
  pageUrl: '/application',
  signOutUrl: '/application?sign-out',
  isPasskeyEnabled: true,
};

/** The account that its page shows. */
export const OVERVIEW = {
  subject: 'u1',
  username: 'alice',
  email: 'alice@example.com',
  givenName: 'Alice',
  familyName: null,
  sessions: [
    { id: 's1', isCurrent: true, ip: '192.0.2.1', userAgent: 'Firefox', lastUsedAt: '2026-11-28T02:00:00Z' },
    { id: 's2', isCurrent: false, ip: '192.0.2.2', userAgent: null, lastUsedAt: '2026-11-27T02:00:00Z' },
    { id: 's3', isCurrent: false, ip: null, userAgent: 'Safari', lastUsedAt: '2026-11-26T02:00:00Z' },
    null,
  ],
  consents: [{ id: 'c1', clientId: 'travel', clientName: 'Travel Desk', scopes: ['openid', 'profile'] }],
  credentials: [
    { id: 'p1', type: 'PASSWORD', label: null, createdAt: '2026-11-01T02:00:00Z' },
    { id: 't1', type: 'TOTP', label: null, createdAt: '2026-11-02T02:00:00Z' },
    { id: 't2', type: 'TOTP', label: 'My phone', createdAt: '2026-11-03T02:00:00Z' },
    { id: 'k1', type: 'PASSKEY', label: 'Laptop', createdAt: '2026-11-04T02:00:00Z' },
    { id: 'k3', type: 'SECURITY_KEY', label: 'Key ring', createdAt: '2026-11-06T02:00:00Z' },
  ],
  federationLinks: [
    { id: 'f1', providerName: 'Example Mail', providerType: 'oidc', externalId: 'x-1', externalName: null },
  ],
};

/** The passkeys and security keys that the page of the account shows. */
export const PASSKEYS = [
  { credentialId: 'k1', kind: 'PASSKEY', label: 'Laptop', lastUsedAt: '2026-11-20T02:00:00Z' },
  { credentialId: 'k2', kind: 'PASSKEY', label: null, lastUsedAt: null },
  { credentialId: 'k3', kind: 'SECURITY_KEY', label: 'Key ring', lastUsedAt: '2026-11-20T02:00:00Z' },
  { credentialId: 'k4', kind: 'SECURITY_KEY', label: null, lastUsedAt: null },
].map((passkey) => ({
  ...passkey,
  createdAt: '2026-11-04T02:00:00Z',
  transports: [],
  attachment: null,
  isBackedUp: false,
}));

/** What belongs to an image. */
export const DEMANDS = {
  isOffered: true,
  isEmailUsername: false,
  isPinUsed: true,
  pinSize: 4,
  isPatternUsed: true,
  gridSize: 3,
  order: ['pin', 'pattern'],
  isPinShown: true,
};

export const RECOVERY_CODES = Array.from({ length: 10 }, (_, at) =>
  Array.from({ length: 7 }, (__, group) => `bcd${'fghjkmnpqr'[(at + group) % 10]}`).join('-'),
);

/** Pages that a browser can be given at once, by their names. */
export const SCREENS: Readonly<Record<string, object>> = {
  password: signInState(STEPS.password),
  'password-or-passkey': signInState(STEPS.passwordOrPasskey),
  'password-or-image': signInState(STEPS.passwordOrImage),
  'password-of-one-account': signInState(STEPS.passwordOfOne),
  'password-without-application': signInState(STEPS.password, null),
  registration: signInState(STEPS.registration),
  'registration-by-email': signInState(STEPS.registrationByEmail, null),
  'password-reset': signInState(STEPS.passwordReset),
  'password-reset-code': signInState(STEPS.passwordResetCode),
  factor: signInState(STEPS.factor),
  'factor-none': signInState(STEPS.factorNone),
  'factor-passkey': signInState(STEPS.factorPasskey),
  'factor-security-key': signInState(STEPS.factorSecurityKey),
  'enrolment-open': signInState(STEPS.enrolmentOpen),
  enrolment: signInState(STEPS.enrolment),
  terms: signInState(STEPS.terms),
  'terms-of-application': signInState(STEPS.termsOfApplication),
  'new-password': signInState(STEPS.newPassword),
  'forgotten-password': signInState(STEPS.forgottenPassword),
  'email-code-unsent': signInState(STEPS.emailCodeUnsent),
  'email-code': signInState(STEPS.emailCode),
  'key-enrolment': signInState(STEPS.keyEnrolment),
  'key-enrolment-of-security-key': signInState(STEPS.keyEnrolmentOfSecurityKey),
  'other-actions': signInState(STEPS.otherActions),
  account: signInState(STEPS.account),
  consent: signInState(STEPS.consent),
  'link-account': linkAccountState(),
  'sign-out': signOutState(),
  'signed-out': { ...SHARED, page: 'signed-out', returnTo: 'https://travel.example/bye', application: APPLICATION },
  'signed-out-alone': { ...SHARED, page: 'signed-out', returnTo: null, application: null },
  error: {
    ...SHARED,
    page: 'error',
    code: 'INTERACTION_NOT_FOUND',
    message: 'Over.',
    startAgainAt: 'https://travel.example/sign-in',
  },
  'error-without-tenant': {
    tenant: null,
    locale: 'en',
    page: 'error',
    code: 'AUTHORIZE_REDIRECT_INVALID',
    message: 'The address to which the application wants to return is not registered.',
    startAgainAt: null,
  },
};
