import { z } from 'zod';
import { lookup, present } from '../engine/index.ts';
import { type RequiredActionSettingsInput, RequiredActions } from './operations.generated.ts';
import { actionsOf } from './realm.ts';
import { type SentSettings, toTenantChange } from './realm-properties.ts';

const TEXT = z.string().nullable().optional();
const FLAG = z.boolean().nullable().optional();

const ACTION = z.object({
  alias: z.string(),
  name: TEXT,
  providerId: TEXT,
  enabled: FLAG,
  defaultAction: FLAG,
  priority: z.number().int().nullable().optional(),
  config: z.record(z.string(), z.string()).nullable().optional(),
});

/** Members of a tenant that change one of its properties, or are kept by their name. */
const MEMBERS = {
  enabled: FLAG,
  bruteForceProtected: FLAG,
  otpBruteForceProtected: FLAG,
  actionTokenGeneratedByAdminLifespan: z.number().int().nullable().optional(),
  loginTheme: TEXT,
  accountTheme: TEXT,
  adminTheme: TEXT,
  emailTheme: TEXT,
  type: TEXT,
  tenantid: TEXT,
};

/** A tenant as it is sent. */
export const SENT_TENANT = z.object({
  ...MEMBERS,
  settings: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).nullable())
    .nullable()
    .optional(),
  requiredActions: z
    .array(ACTION)
    .nullable()
    .optional()
    .describe('Added to the others, or in place of one of the alias.'),
  adminUsername: TEXT.describe('The user whom the other members `admin*` change.'),
  adminPassword: TEXT,
  adminEmail: TEXT,
  adminFirstName: TEXT,
  adminLastName: TEXT,
});
type SentTenant = z.output<typeof SENT_TENANT>;

/** The members that are sent; null counts as not sent. */
const membersOf = (body: SentTenant): SentSettings =>
  Object.fromEntries(
    Object.keys(MEMBERS).flatMap((name) => {
      const value = body[name as keyof typeof MEMBERS];
      return value == null ? [] : [[name, value]];
    }),
  );

/** Whether each property can have the value that is sent. */
export const canBeTenant = (body: SentTenant): boolean => toTenantChange(membersOf(body), body.settings ?? {}) !== null;

/** The actions that a tenant has before it is changed. */
export const requiredActions = lookup({
  operation: RequiredActions,
  toVariables: () => ({}),
  from: ({ tenant }) => actionsOf(present(present(tenant).settings).requiredActions),
});

/** The actions after those that are sent were added, or took the place of one of the alias. */
function mergeActions(
  stored: readonly RequiredActionSettingsInput[],
  sent: NonNullable<SentTenant['requiredActions']>,
): RequiredActionSettingsInput[] {
  const byAlias = new Map(stored.map((action) => [action.alias, action]));
  for (const { alias, name, providerId, enabled, defaultAction, priority, config } of sent) {
    const before = byAlias.get(alias);
    byAlias.set(alias, {
      alias,
      name: name ?? before?.name ?? alias,
      providerId: providerId ?? before?.providerId ?? alias,
      isEnabled: enabled ?? before?.isEnabled ?? true,
      isDefault: defaultAction ?? before?.isDefault ?? false,
      priority: priority ?? before?.priority ?? 0,
      config: config ?? before?.config ?? {},
    });
  }
  return [...byAlias.values()];
}

/** What is changed of a user; null counts as not sent, except in names. */
function toAdministrator({ adminPassword, adminEmail, adminFirstName, adminLastName }: SentTenant, username: string) {
  return {
    username,
    ...(adminPassword == null ? {} : { password: adminPassword }),
    ...(adminEmail == null ? {} : { email: adminEmail }),
    ...(adminFirstName === undefined ? {} : { givenName: adminFirstName }),
    ...(adminLastName === undefined ? {} : { familyName: adminLastName }),
  };
}

/** The change that a tenant as it is sent makes, each property of which can have its value. */
export function toUpdate(body: SentTenant, actions: readonly RequiredActionSettingsInput[]) {
  const change = toTenantChange(membersOf(body), body.settings ?? {})!;
  const { requiredActions: sent, adminUsername } = body;
  return {
    ...change,
    settings: { ...change.settings, ...(sent == null ? {} : { requiredActions: mergeActions(actions, sent) }) },
    ...(adminUsername == null ? {} : { administrator: toAdministrator(body, adminUsername) }),
  };
}
