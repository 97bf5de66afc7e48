import { z } from 'zod';
import type { Tenant } from './operations.generated.ts';

type Actions = NonNullable<Tenant['settings']>['requiredActions'];
type Action = NonNullable<Actions>[number];

/** Actions of a realm whose list nobody changed: alias, name, whether it is enabled, priority. */
const REQUIRED_ACTIONS: readonly (readonly [alias: string, name: string, isEnabled: boolean, priority: number])[] = [
  ['CONFIGURE_TOTP', 'Configure OTP', true, 10],
  ['TERMS_AND_CONDITIONS', 'Terms and Conditions', false, 20],
  ['UPDATE_PASSWORD', 'Update Password', true, 30],
  ['UPDATE_PROFILE', 'Update Profile', true, 40],
  ['VERIFY_EMAIL', 'Verify Email', true, 50],
  ['delete_account', 'Delete Account', false, 60],
  ['webauthn-register', 'Webauthn Register', true, 70],
  ['webauthn-register-passwordless', 'Webauthn Register Passwordless', true, 80],
  ['update_user_locale', 'Update User Locale', true, 1000],
];

/** The actions that the service has. */
export const SERVICE_ACTIONS: readonly Action[] = REQUIRED_ACTIONS.map(([alias, name, isEnabled, priority]) => ({
  alias,
  name,
  providerId: alias,
  isEnabled,
  isDefault: false,
  priority,
  config: {},
}));

/** The actions of a realm: those of the service while nobody changed the list. */
export const actionsOf = (actions: Actions): readonly Action[] => actions ?? SERVICE_ACTIONS;

/** An action as it is answered. */
export const ACTION_SHOWN = z.strictObject({
  alias: z.string(),
  name: z.string(),
  providerId: z.string(),
  enabled: z.boolean(),
  defaultAction: z.boolean().describe('Whether new users have it.'),
  priority: z.number().int().describe('Actions with a smaller number come first.'),
  config: z.record(z.string(), z.unknown()),
});

/** The action as it is answered. */
export const showAction = ({ isEnabled, isDefault, ...action }: Action): z.input<typeof ACTION_SHOWN> => ({
  ...action,
  enabled: isEnabled,
  defaultAction: isDefault,
});

const TEXT = z.string().nullable().optional();
const FLAG = z.boolean().nullable().optional();

/** An action as it is sent. */
const ACTION_SENT = z.object({
  alias: z.string(),
  name: TEXT,
  providerId: TEXT,
  enabled: FLAG,
  defaultAction: FLAG,
  priority: z.number().int().nullable().optional(),
  config: z.record(z.string(), z.string()).nullable().optional(),
});

/** Actions of a realm as they are sent with it. */
export const ACTIONS_SENT = z
  .array(ACTION_SENT)
  .nullable()
  .optional()
  .describe('Added to the others, or in place of one of the alias.');

/** A change to one action; null counts as not sent. */
const toAction = ({
  alias,
  name,
  providerId,
  enabled,
  defaultAction,
  priority,
  config,
}: z.output<typeof ACTION_SENT>) => ({
  alias,
  name,
  providerId,
  isEnabled: enabled,
  isDefault: defaultAction,
  priority,
  config,
});

/** The setting that adds the actions that are sent, or changes those of their alias. */
export const toActionChanges = (sent: z.output<typeof ACTIONS_SENT>) =>
  sent == null ? {} : { requiredActionChanges: { initial: SERVICE_ACTIONS, set: sent.map(toAction) } };
