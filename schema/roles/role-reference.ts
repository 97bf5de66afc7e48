import { invalidField } from '../../src/kernel/index.ts';
import { type RoleReference, roleErrors, TENANT_ROLE_CLIENT } from '../../src/roles/index.ts';
import { toClientReference } from '../clients/client-reference.ts';
import type { GraphContext } from '../context.ts';
import { keyOf } from '../global-id.ts';
import type { RoleReferenceInput } from './role.input.ts';

/** Reads UUIDs of clients once for each of their names. */
type ClientUuids = Map<string, Promise<string>>;

/** What arguments or an input say about a role. */
type Given = { readonly [K in keyof RoleReferenceInput]?: RoleReferenceInput[K] | undefined };

async function toNamed(
  { services, authority }: GraphContext,
  name: string,
  { clientId, isBuiltin }: Given,
  path: string,
  clientUuids: ClientUuids,
): Promise<RoleReference> {
  const named = isBuiltin == null ? { name } : { name, builtin: isBuiltin };
  if (clientId == null) return { ...named, clientUuid: TENANT_ROLE_CLIENT };
  const missing = () => roleErrors.ROLE_CLIENT_NOT_FOUND().at(path);
  const found =
    clientUuids.get(clientId) ?? services.clients.idOf(authority, toClientReference(clientId, path), missing);
  clientUuids.set(clientId, found);
  return { ...named, clientUuid: await found };
}

/**
 * The role that arguments or an input name.
 * @param path GraphQL input path of their parent, with a dot at its end.
 * @throws INVALID_INPUT Neither an id nor a name is given, or both, or a client without a name.
 * @throws ROLE_CLIENT_NOT_FOUND
 */
export async function toRoleReference(
  context: GraphContext,
  given: Given,
  path: string,
  clientUuids: ClientUuids = new Map(),
): Promise<RoleReference> {
  const { roleId, name, clientId } = given;
  if ((roleId == null) === (name == null)) {
    throw invalidField(`${path}roleId`, 'ONE_REQUIRED', 'Give either "roleId" or "name".');
  }
  if (name != null) return toNamed(context, name, given, `${path}clientId`, clientUuids);
  if (clientId == null) return { id: keyOf('Role', roleId!, `${path}roleId`) };
  throw invalidField(`${path}clientId`, 'NAME_REQUIRED', 'Give "clientId" with "name" only.');
}

/** The roles that a list of an input names, each client looked up once. @throws As `toRoleReference`. */
export async function toRoleReferences(
  context: GraphContext,
  inputs: readonly RoleReferenceInput[],
  path: string,
): Promise<RoleReference[]> {
  const clientUuids: ClientUuids = new Map();
  const references: RoleReference[] = [];
  for (const [index, input] of inputs.entries())
    references.push(await toRoleReference(context, input, `${path}.${index}.`, clientUuids));
  return references;
}
