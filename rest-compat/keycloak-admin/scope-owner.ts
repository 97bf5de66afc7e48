import { z } from 'zod';
import { isUuid } from '../../src/kernel/index.ts';
import { type LegacyError, lookup } from '../engine/index.ts';
import { CLIENT_UNKNOWN, FORBIDDEN, SCOPE_UNKNOWN } from './errors.ts';
import {
  FindClient,
  MapperOfClient,
  MapperOfClientScope,
  MappersOfClient,
  MappersOfClientScope,
  OtherRolesOfClient,
  OtherRolesOfClientScope,
  ScopeMappingsOfClient,
  ScopeMappingsOfClientScope,
  ScopeRolesOfClient,
  ScopeRolesOfClientScope,
} from './operations.generated.ts';

/** Path parameters of what belongs to a client or a client scope: its id. */
export const OWNER_PATH = z.object({ id: z.string().max(255) });

/** A text in a path as an id of the graph, which would also take the name of a client: what is no UUID finds nothing. */
export const toId = (text: string): string => (isUuid(text) ? text : '');

/** How the mutations of mappers and scope roles name what these belong to. */
interface OwnerReference {
  readonly clientId?: string;
  readonly clientScopeId?: string;
}

/** Clients and client scopes have the same calls for mappers and scope mappings, below different paths. */
interface OwnerKind {
  readonly path: string;
  /** Section of the manual. */
  readonly spec: string;
  readonly noun: string;
  readonly unknown: LegacyError;
  readonly toReference: (id: string) => OwnerReference;
}

const CLIENT: OwnerKind = {
  path: '/clients/{id}',
  spec: '4.12',
  noun: 'client',
  unknown: CLIENT_UNKNOWN,
  toReference: (id) => ({ clientId: toId(id) }),
};

const SCOPE: OwnerKind = {
  path: '/client-scopes/{id}',
  spec: '4.13',
  noun: 'client scope',
  unknown: SCOPE_UNKNOWN,
  toReference: (id) => ({ clientScopeId: toId(id) }),
};

/** The kinds of owners with the documents that read what belongs to them. */
export const OWNERS = [
  {
    ...CLIENT,
    mappers: MappersOfClient,
    mapper: MapperOfClient,
    scopeMappings: ScopeMappingsOfClient,
    scopeRoles: ScopeRolesOfClient,
    otherRoles: OtherRolesOfClient,
  },
  {
    ...SCOPE,
    mappers: MappersOfClientScope,
    mapper: MapperOfClientScope,
    scopeMappings: ScopeMappingsOfClientScope,
    scopeRoles: ScopeRolesOfClientScope,
    otherRoles: OtherRolesOfClientScope,
  },
] as const;
export type Owner = (typeof OWNERS)[number];

/** The answer of reads where there is no such owner. */
export const noOwner = ({ unknown }: OwnerKind) => ({ NOT_FOUND: unknown });

/** Refusals of changes of what belongs to an owner. */
export const ownerErrors = ({ unknown }: OwnerKind) => ({
  NOT_FOUND: unknown,
  CLIENT_SCOPE_NOT_FOUND: unknown,
  CLIENT_BUILTIN: FORBIDDEN,
  ACCOUNT_GUARDED: FORBIDDEN,
});

/** The client whose roles are meant, by its id in the path. */
export const otherClient = lookup({
  operation: FindClient,
  toVariables: ({ params }: { readonly params: { readonly client: string } }) => ({ clientId: toId(params.client) }),
  from: ({ client }) => client?.clientUuid ?? null,
});
