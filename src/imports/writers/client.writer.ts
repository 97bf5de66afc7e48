import type { Authority } from '../../access/index.ts';
import type {
  ClientChanges,
  ClientScopeService,
  ClientService,
  MapperOwner,
  ScopeRoleService,
} from '../../clients/index.ts';
import { clientErrors } from '../../clients/index.ts';
import type { ServiceAccountFlow, WithServiceAccount } from '../../flows/index.ts';
import { MASTER_TENANT } from '../../tenants/index.ts';
import type { RowInputs } from '../import-row.ts';
import { writingParts } from '../part-writer.ts';
import type { References } from '../references.ts';
import type { RowWriter } from '../row-writer.ts';

export interface ClientWriterDeps {
  readonly clients: Pick<ClientService, 'find'>;
  readonly serviceAccounts: Pick<ServiceAccountFlow, 'createClient' | 'updateClient'>;
  readonly clientScopes: Pick<ClientScopeService, 'find' | 'create' | 'update'>;
  readonly scopeRoles: Pick<ScopeRoleService, 'add'>;
  readonly references: References;
}

/** A client as a change of one: a secret that the service made stays. */
function toChanges(input: RowInputs['client']): ClientChanges & WithServiceAccount {
  const {
    id: _id,
    clientId: _clientId,
    secret,
    isRegistration: _registration,
    withRestSecret: _rest,
    ...properties
  } = input;
  if (secret?.text === undefined) return properties;
  return { ...properties, secret: { text: secret.text, isReadable: secret.isReadable ?? false } };
}

/** In `master` the UUIDs of tenants stand for clients as well, so a client gets a new one there. */
function withFreeId({ tenant }: Authority, { id, ...input }: RowInputs['client']): RowInputs['client'] {
  return id === undefined || tenant.name === MASTER_TENANT ? input : { ...input, id };
}

/** Writes clients with their mappers, scopes and service accounts. */
export const clientWriter = ({ clients, serviceAccounts }: ClientWriterDeps): RowWriter<'client'> => ({
  needs: ['client:create', 'client:write', 'client-secret:rotate'],
  events: () => 3,
  find: async (authority, { name }) => {
    const client = await clients.find(authority, { clientId: name });
    return client === null ? null : { id: client.id, isBuiltin: client.kind === 'builtin' };
  },
  add: async (authority, { input }) =>
    (await serviceAccounts.createClient(authority, withFreeId(authority, input))).client.id,
  change: async (authority, id, { input }) => {
    await serviceAccounts.updateClient(authority, id, toChanges(input));
  },
});

/** Writes client scopes. Mappers of a scope that is there already stay as they are. */
export const clientScopeWriter = ({ clientScopes }: ClientWriterDeps): RowWriter<'clientScope'> => ({
  needs: ['client:create', 'client:write'],
  events: () => 1,
  find: async (authority, { name }) => {
    const scope = await clientScopes.find(authority, { name });
    return scope === null ? null : { id: scope.id, isBuiltin: false };
  },
  add: async (authority, { input }) => (await clientScopes.create(authority, input)).id,
  change: async (authority, id, { input: { mappers: _mappers, name: _name, ...properties } }) => {
    await clientScopes.update(authority, id, properties);
  },
});

type ScopeRoleKind = 'clientScopeRoles' | 'scopeScopeRoles';

/** Adds roles that tokens may have; others stay. */
function scopeRoleWriter<K extends ScopeRoleKind>(
  { references, scopeRoles }: ClientWriterDeps,
  ownerOf: (authority: Authority, name: string) => Promise<MapperOwner & { readonly id: string }>,
): RowWriter<K> {
  return {
    needs: ['client:write'],
    events: () => 1,
    ...writingParts<K>(async (authority, { name, input }) => {
      const { id, ...owner } = await ownerOf(authority, name);
      await scopeRoles.add(authority, owner, await references.toReferences(authority, input.roles));
      return id;
    }),
  };
}

/** Writes the roles that tokens of clients may have. */
export const clientScopeRoleWriter = (deps: ClientWriterDeps): RowWriter<'clientScopeRoles'> => {
  const writer = scopeRoleWriter<'clientScopeRoles'>(deps, async (authority, name) => {
    const id = await deps.references.requiredClient(authority, name);
    return { id, clientUuid: id };
  });
  const { find } = clientWriter(deps);
  return {
    ...writer,
    find: async (authority, name) => {
      const client = await find(authority, name);
      return client?.isBuiltin === true ? client : null;
    },
  };
};

/** Writes the roles that tokens with client scopes may have. */
export const scopeScopeRoleWriter = (deps: ClientWriterDeps): RowWriter<'scopeScopeRoles'> =>
  scopeRoleWriter(deps, async (authority, name) => {
    const scope = await deps.clientScopes.find(authority, { name });
    if (scope === null) throw clientErrors.CLIENT_SCOPE_NOT_FOUND();
    return { id: scope.id, clientScopeId: scope.id };
  });
