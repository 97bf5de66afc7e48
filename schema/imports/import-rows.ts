import type { CreateClientScope } from '../../src/clients/index.ts';
import type { CreateProvider } from '../../src/federation/index.ts';
import type { ImportRow, NamedRole, RowInputs, RowKind } from '../../src/imports/index.ts';
import { invalidField } from '../../src/kernel/index.ts';
import type { ConfigureTenant } from '../../src/tenants/index.ts';
import { toForeignCredential } from '../auth-modes/import-credential.input.ts';
import { toMappers, toNewClient } from '../clients/client.resolver.ts';
import { toProperties } from '../clients/client-scope.resolver.ts';
import { toNewMappers } from '../clients/protocol-mapper.resolver.ts';
import { toSettings as toProviderSettings } from '../federation/provider.resolver.ts';
import { given } from '../kit/given.ts';
import { toChange, toSettings } from '../tenants/tenant.resolver.ts';
import { toCreateUser } from '../users/user.resolver.ts';
import type { ImportRoleInput, ImportRowInput, ImportServiceAccountInput, NamedRoleInput } from './import.input.ts';

const toRoles = (roles: readonly NamedRoleInput[] | null | undefined): NamedRole[] =>
  (roles ?? []).map(({ name, clientId }) => ({ name, clientId: clientId ?? null }));

const toRole = ({ name, description, attributes }: ImportRoleInput): RowInputs['role'] => ({
  name,
  ...(description === undefined ? {} : { description }),
  ...(attributes == null ? {} : { attributes }),
});

const toAccount = ({ roles, groups }: ImportServiceAccountInput): RowInputs['serviceAccount'] => ({
  roles: toRoles(roles),
  groups: groups ?? [],
});

type Given = { readonly [K in RowKind]: NonNullable<ImportRowInput[K]> };

/** How each kind of rows is converted for the service. */
const CONVERSIONS: { readonly [K in RowKind]: (input: Given[K]) => RowInputs[K] } = {
  settings: ({ settings, extraSettings, ...input }) =>
    ({
      ...toChange(input),
      ...toSettings(settings),
      ...(extraSettings == null ? {} : { extra: given(extraSettings) }),
    }) as ConfigureTenant,
  texts: ({ texts }) => ({ texts: texts as Record<string, string> }),
  userProfile: ({ profile }) => ({ profile }),
  role: toRole,
  clientRole: toRole,
  roleChildren: ({ children }) => ({ children: toRoles(children) }),
  clientRoleChildren: ({ children }) => ({ children: toRoles(children) }),
  clientScope: ({ mappers, ...input }) =>
    ({ ...toProperties(input), mappers: toNewMappers(mappers ?? []) }) as CreateClientScope,
  client: ({ clientUuid, mappers, ...input }) => ({
    ...toNewClient(input),
    ...toMappers(mappers),
    ...(clientUuid == null ? {} : { id: clientUuid }),
  }),
  clientScopeRoles: ({ roles }) => ({ roles: toRoles(roles) }),
  scopeScopeRoles: ({ roles }) => ({ roles: toRoles(roles) }),
  group: ({ name, parentPath, attributes, roles }) => ({
    name,
    parentPath: parentPath ?? null,
    attributes: attributes ?? {},
    roles: toRoles(roles),
  }),
  defaultGroup: () => ({}),
  provider: (input) => toProviderSettings(input) as CreateProvider,
  serviceAccount: toAccount,
  user: ({ credentials, links, roles, groups, ...input }) => ({
    ...toAccount({ roles: roles ?? null, groups: groups ?? null }),
    user: { ...toCreateUser(input), createdAt: input.createdAt ?? undefined },
    credentials: (credentials ?? []).map(toForeignCredential),
    links: links ?? [],
  }),
};
const KINDS = Object.keys(CONVERSIONS) as RowKind[];

const convert = <K extends RowKind>(kind: K, input: Given[K]): RowInputs[K] => CONVERSIONS[kind](input);

/** The row of an input. @param path GraphQL input path of the row. @throws INVALID_INPUT It has none or several of the members. */
export function toImportRow(input: ImportRowInput, path: string): ImportRow {
  const kinds = KINDS.filter((kind) => input[kind] != null);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1)
    throw invalidField(path, 'ONE_REQUIRED', 'A row has exactly one member beside its name and owner.');
  return { kind, owner: input.owner ?? '', name: input.name, input: convert(kind, input[kind]!) } as ImportRow;
}
