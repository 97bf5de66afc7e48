import { z } from 'zod';
import { instanceIdOf } from './identifiers.ts';

/** Spec section 2.15: `userName` only when it is known. */
export const EXTERNAL_ACCOUNTS = z.array(
  z.object({ sid: z.string(), fpType: z.string(), fpName: z.string(), userName: z.string().optional() }),
);

export interface LinksData {
  readonly federationLinks: readonly {
    readonly externalId: string;
    readonly externalName: string | null;
    readonly providerType: string;
    readonly providerName: string;
  }[];
}

export function externalAccounts(links: LinksData['federationLinks']): z.input<typeof EXTERNAL_ACCOUNTS> {
  return links.map(({ externalId, externalName, providerType, providerName }) => ({
    sid: externalId,
    fpType: providerType,
    fpName: providerName,
    ...(externalName === null ? {} : { userName: externalName }),
  }));
}

export const REDIRECT_TO = z.object({ redirectTo: z.string() });

/** Spec section 2.6: `requiredFactor` is absent when two-factor sign-in is off. */
export const AUTH_MODES = z.object({
  requiredFactor: z.literal(2).optional(),
  needPasswordChange: z.boolean(),
  methodsLocked: z.array(z.string()),
});

export interface AuthModesData {
  readonly requiredFactor: number | null;
  readonly needPasswordChange: boolean;
  readonly methodsLocked: readonly string[];
}

export function authModes({ requiredFactor, ...modes }: AuthModesData): object {
  return { ...(requiredFactor === 2 ? { requiredFactor } : {}), ...modes };
}

const CONTACT = z.object({ value: z.string(), verified: z.boolean() });

/** Spec section 2.1: the attributes are the deployment's own, so any name may stand beside the ones that are declared. */
export const ACCOUNT = z.looseObject({
  sub: z.string(),
  locked: z.boolean(),
  email: CONTACT.optional(),
  phone_number: CONTACT.optional(),
  meta: z.object({ instanceId: z.string(), unmodifiable: z.array(z.string()) }),
});

export interface UserData {
  readonly subject: string;
  readonly enabled: boolean;
  readonly givenName: string | null;
  readonly middleName: string | null;
  readonly familyName: string | null;
  readonly locale: string | null;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly phone: string | null;
  readonly phoneVerified: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

const present = (members: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));

const contact = (value: string | null, verified: boolean) => (value === null ? null : { value, verified });

/** Attributes without a value are left out; the account's own members cannot be covered by attributes of their name. */
export function account(user: UserData): object {
  return {
    ...user.attributes,
    ...present({
      family_name: user.familyName,
      given_name: user.givenName,
      middle_name: user.middleName,
      locale: user.locale,
      email: contact(user.email, user.emailVerified),
      phone_number: contact(user.phone, user.phoneVerified),
    }),
    sub: user.subject,
    locked: !user.enabled,
    meta: { instanceId: instanceIdOf(user.subject), unmodifiable: ['sub'] },
  };
}
