import type { WebauthnKind } from '../operations.generated.ts';

/** How a person is asked to make a passkey or a security key. */
export const NEW_KEY_WORDS = {
  PASSKEY: {
    demanded: 'keyEnrolment.passkey',
    intro: 'account.passkeys.intro',
    add: 'account.passkeys.add',
    name: 'account.passkeys.name',
  },
  SECURITY_KEY: {
    demanded: 'keyEnrolment.securityKey',
    intro: 'account.securityKeys.intro',
    add: 'account.securityKeys.add',
    name: 'account.securityKeys.name',
  },
} as const satisfies Readonly<Record<WebauthnKind, unknown>>;
