import { z } from 'zod';
import type { RoleReferenceInput } from './operations.generated.ts';

const NAMES = z.array(z.string());

/** Roles as they are sent: of the tenant, and by app. */
export const SENT_ROLES = {
  clientRoles: z.record(z.string(), NAMES).nullable().optional().describe('Names of roles by app.'),
  realmRoles: z
    .array(z.union([z.string(), NAMES]))
    .nullable()
    .optional()
    .describe('Names of roles of the tenant; lists among them count as their names.'),
};

interface SentRoles {
  readonly clientRoles?: Readonly<Record<string, readonly string[]>> | null | undefined;
  readonly realmRoles?: readonly (string | readonly string[])[] | null | undefined;
}

/** The roles as the graph takes them. */
export function toRoles({ clientRoles, realmRoles }: SentRoles): RoleReferenceInput[] {
  return [
    ...(realmRoles ?? []).flat().map((name) => ({ name })),
    ...Object.entries(clientRoles ?? {}).flatMap(([clientId, names]) => names.map((name) => ({ clientId, name }))),
  ];
}
