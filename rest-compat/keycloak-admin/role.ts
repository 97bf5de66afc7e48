import { z } from 'zod';
import { presentItems } from '../engine/index.ts';
import { toObjectId } from '../realm-users/object-id.ts';
import { ATTRIBUTES, SENT_ATTRIBUTES, showAttributes } from './attributes.ts';
import { BAD_REQUEST, FORBIDDEN, ROLE_UNKNOWN, refusedWith, takenBy, unusable } from './errors.ts';
import type { Role, RoleMappingsData, RoleReferenceInput } from './operations.generated.ts';

/** A role as it is answered (docs/dialects/kobil.md, section 4.3). */
export const ROLE = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  composite: z.boolean().describe('Whether the role contains others.'),
  clientRole: z.boolean(),
  containerId: z.string().optional().describe('Id of the client that the role belongs to.'),
  attributes: ATTRIBUTES.optional(),
});

const TEXT = z.string().nullable().optional();
const NAMES = z.array(z.string());

/** Path of the name of a new role, which the shape alone would not tell from one of another type. */
export const ABSENT_ROLE_NAME = 'name.absent';

/** Changes to a role as they are sent. */
export const CHANGED_ROLE = z.object({
  name: TEXT,
  description: TEXT.describe('An empty one removes it.'),
  attributes: SENT_ATTRIBUTES,
});

/** A new role as it is sent. */
export const NEW_ROLE = z
  .object({
    ...CHANGED_ROLE.shape,
    name: TEXT.describe('Mandatory.'),
    composite: z.boolean().nullable().optional().describe('Whether `composites` counts.'),
    composites: z
      .object({ realm: NAMES.nullable().optional(), client: z.record(z.string(), NAMES).nullable().optional() })
      .nullable()
      .optional()
      .describe('Names of the roles inside: those of the realm, and those of clients by `client_id`.'),
  })
  .refine(({ name }) => name != null && name !== '', { path: ABSENT_ROLE_NAME.split('.') });

type NewRole = z.output<typeof NEW_ROLE>;

/** The roles that a new one contains; none unless it says that it is composite. */
export function toChildren({ composite, composites }: NewRole): RoleReferenceInput[] {
  if (composite !== true || composites == null) return [];
  const ofRealm = (composites.realm ?? []).map((name) => ({ name }));
  const ofClients = Object.entries(composites.client ?? {}).flatMap(([clientId, names]) =>
    names.map((name) => ({ name, clientId })),
  );
  return [...ofRealm, ...ofClients];
}

/** A text that was sent; an empty one is null. */
const toText = (text: string): string | null => (text === '' ? null : text);

/** The variables of a new role. */
export const toNewRole = (role: NewRole) => ({
  name: role.name!,
  description: toText(role.description ?? ''),
  attributes: role.attributes ?? {},
  children: toChildren(role),
});

/** The variables of a change, except for the role; null counts as not sent. */
export const toRoleChange = ({ name, description, attributes }: z.output<typeof CHANGED_ROLE>) => ({
  ...(name == null ? {} : { name }),
  ...(description == null ? {} : { description: toText(description) }),
  ...(attributes == null ? {} : { attributes }),
});

/** Refusals of values of a role, whether it is new or not. */
const valueErrors = (text: string) => ({
  INVALID_INPUT: { ...unusable(text), at: { roleId: ROLE_UNKNOWN } },
  ROLE_NAME_TAKEN: takenBy('name', (name) => `Role with name ${name} already exists`),
  ROLE_NOT_FOUND: ROLE_UNKNOWN,
  PERMISSION_UNKNOWN: BAD_REQUEST,
  PERMISSION_MASTER_ONLY: FORBIDDEN,
});

/** Refusals of new roles. */
export const NEW_ROLE_ERRORS = valueErrors('Could not create role');

/** Refusals of changes of roles and of what they contain. */
export const ROLE_CHANGE_ERRORS = {
  ...valueErrors('Could not update role'),
  NOT_FOUND: ROLE_UNKNOWN,
  ROLE_BUILTIN: FORBIDDEN,
  ROLE_CYCLE: refusedWith(400, 'A role cannot contain itself'),
};

/** Roles as they are sent. The name counts. */
export const SENT_ROLES = z.array(z.object({ name: z.string() }));

/** Roles as they are sent where the id counts. */
export const SENT_ROLE_IDS = z.array(z.object({ id: z.string() }));

/** The roles of a user or group. */
export const MAPPINGS = z.strictObject({
  realmMappings: z.array(ROLE),
  clientMappings: z
    .record(z.string(), z.strictObject({ id: z.string(), client: z.string(), mappings: z.array(ROLE) }))
    .describe('By `client_id`.'),
});

/** The role as it is answered; with its attributes where they were read. */
export function showRole({
  id,
  name,
  description,
  isComposite,
  clientUuid,
  attributes,
}: Role & { readonly attributes?: Readonly<Record<string, unknown>> | undefined }) {
  return {
    id: toObjectId(id),
    name,
    ...(description === null ? {} : { description }),
    composite: isComposite,
    clientRole: clientUuid !== null,
    ...(clientUuid === null ? {} : { containerId: clientUuid }),
    ...(attributes === undefined ? {} : { attributes: showAttributes(attributes) }),
  };
}

type NamedRole = { readonly name: string; readonly clientId: string | null } | null;

/** The names of roles: those of the tenant, and those of clients by `client_id`. @param roles Absent: none. */
export function namesByOwner(roles: readonly NamedRole[] | null | undefined) {
  const present = presentItems(roles ?? []);
  const ofClients = Map.groupBy(
    present.filter(({ clientId }) => clientId !== null),
    ({ clientId }) => clientId!,
  );
  const namesOf = (some: readonly { readonly name: string }[]): string[] => some.map(({ name }) => name);
  return {
    ofTenant: namesOf(present.filter(({ clientId }) => clientId === null)),
    ofClients: Object.fromEntries([...ofClients].map(([clientId, own]) => [clientId, namesOf(own)])),
  };
}

/** The references of sent roles. @param clientId The client that they belong to; absent: roles of the realm. */
export const toReferences = (roles: z.output<typeof SENT_ROLES>, clientId?: string): RoleReferenceInput[] =>
  roles.map(({ name }) => (clientId === undefined ? { name } : { name, clientId }));

type MappedRole = NonNullable<NonNullable<RoleMappingsData['holder']['roles']>[number]>;

/** The roles of a user or group, those of clients by client. */
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
