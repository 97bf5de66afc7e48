import type { EventType } from '../events/index.ts';
import type { FieldFault } from '../kernel/index.ts';
import { authModeEvents } from './auth-mode.events.ts';
import type { AuthModeChange, AuthModeColumns } from './auth-mode.store.ts';

/** The required action that demands a password change at the next sign-in. */
export const UPDATE_PASSWORD = 'UPDATE_PASSWORD';

/** The required action that demands a code app at the next sign-in. */
export const CONFIGURE_TOTP = 'CONFIGURE_TOTP';

/** The required actions that demand a passkey, and a security key, at the next sign-in. */
export const REGISTER_PASSKEY = 'webauthn-register-passwordless';
export const REGISTER_SECURITY_KEY = 'webauthn-register';

/** Sign-in methods that can be locked. */
const LOCKABLE_METHODS: readonly string[] = ['password'];
/** Longest list of methods; a longer one would repeat methods. */
const MAX_METHODS = 16;

/** A change as the caller sent it; absent members stay. */
export interface AuthModePatch {
  /** 2, or null for "no second factor required". */
  readonly requiredFactor?: unknown;
  /** Can only be set to true: only a change of the password ends the demand. */
  readonly needPasswordChange?: unknown;
  /** Replaces the list; an empty one unlocks all. */
  readonly methodsLocked?: unknown;
}

/** Rules of one member. */
interface AuthModeRule {
  readonly member: keyof AuthModePatch;
  readonly event: EventType;
  /** Describes the allowed values; shown to the caller. */
  readonly allowed: string;
  readonly isAssignable: (value: unknown) => boolean;
  /** The reason why this account cannot have an otherwise allowed value, or null. */
  readonly refusal?: (row: AuthModeColumns, value: unknown) => FieldFault | null;
  /** The columns to write, or null when nothing changes. */
  readonly change: (row: AuthModeColumns, value: unknown) => AuthModeChange | null;
}

const unique = (methods: unknown): string[] => [...new Set(methods as string[])].sort();

/** Every member of auth modes: its allowed values, refusals, columns and event. */
export const AUTH_MODE_RULES: readonly AuthModeRule[] = [
  {
    member: 'requiredFactor',
    event: authModeEvents['auth_mode.required_factor_changed'],
    allowed: 'requiredFactor is 2 or null.',
    isAssignable: (value) => value === 2 || value === null,
    refusal: ({ id, hasSecondFactor }, value) =>
      value === 2 && !hasSecondFactor
        ? {
            path: 'input.requiredFactor',
            code: 'AUTH_MODE_NO_SECOND_FACTOR',
            message: `User '${id}' has not any second factor method`,
          }
        : null,
    change: ({ requiredFactor }, value) =>
      requiredFactor === value ? null : { requiredFactor: value as AuthModeColumns['requiredFactor'] },
  },
  {
    member: 'needPasswordChange',
    event: authModeEvents['auth_mode.password_change_required'],
    allowed: 'needPasswordChange can only be set to true; a change of the password clears it.',
    isAssignable: (value) => value === true,
    change: ({ requiredActions }) =>
      requiredActions.includes(UPDATE_PASSWORD) ? null : { requiredActions: [...requiredActions, UPDATE_PASSWORD] },
  },
  {
    member: 'methodsLocked',
    event: authModeEvents['auth_mode.locked_methods_changed'],
    allowed: 'methodsLocked is a list that may name "password".',
    isAssignable: (value) =>
      Array.isArray(value) && value.length <= MAX_METHODS && value.every((name) => LOCKABLE_METHODS.includes(name)),
    change: ({ lockedMethods }, value) => {
      const next = unique(value);
      return unique(lockedMethods).join() === next.join() ? null : { lockedMethods: next };
    },
  },
];

/** One fault per member whose value may not be assigned. */
export function authModeFaults(patch: AuthModePatch): FieldFault[] {
  return AUTH_MODE_RULES.filter(({ member, isAssignable }) => {
    const value = patch[member];
    return value !== undefined && !isAssignable(value);
  }).map(({ member, allowed }) => ({
    path: `input.${member}`,
    code: 'AUTH_MODE_VALUE_INVALID',
    message: allowed,
  }));
}
