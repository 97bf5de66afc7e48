import { z } from 'zod';
import { toObjectId } from '../realm-users/object-id.ts';
import type { Role, RoleMappingsData, RoleReferenceInput } from './operations.generated.ts';

/** A role as it is answered (docs/dialects/kobil.md, section 4.3). */
export const ROLE = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  composite: z.boolean().describe('Whether the role contains others.'),
  clientRole: z.boolean(),
  containerId: z.string().optional().describe('Id of the client that the role belongs to.'),
});

/** Roles as they are sent. The name counts. */
export const SENT_ROLES = z.array(z.object({ name: z.string() }));

/** The roles of a user. */
export const MAPPINGS = z.strictObject({
  realmMappings: z.array(ROLE),
  clientMappings: z
    .record(z.string(), z.strictObject({ id: z.string(), client: z.string(), mappings: z.array(ROLE) }))
    .describe('By `client_id`.'),
});

/** The role as it is answered. */
export function showRole({ id, name, description, isComposite, clientUuid }: Role) {
  return {
    id: toObjectId(id),
    name,
    ...(description === null ? {} : { description }),
    composite: isComposite,
    clientRole: clientUuid !== null,
    ...(clientUuid === null ? {} : { containerId: clientUuid }),
  };
}

/** The references of sent roles. @param clientId The client that they belong to; absent: roles of the realm. */
export const toReferences = (roles: z.output<typeof SENT_ROLES>, clientId?: string): RoleReferenceInput[] =>
  roles.map(({ name }) => (clientId === undefined ? { name } : { name, clientId }));

type MappedRole = NonNullable<NonNullable<RoleMappingsData['user']['roles']>[number]>;

/** The roles of a user, those of clients by client. */
export function showMappings(roles: readonly MappedRole[]): z.input<typeof MAPPINGS> {
  const ofClients = roles.filter(({ client }) => client !== null);
  const byClient = Map.groupBy(ofClients, ({ client }) => client!.clientId);
  return {
    realmMappings: roles.filter(({ clientUuid }) => clientUuid === null).map(showRole),
    clientMappings: Object.fromEntries(
      [...byClient].map(([client, own]) => [client, { id: own[0]!.clientUuid!, client, mappings: own.map(showRole) }]),
    ),
  };
}
