import type { Authority } from '../access/index.ts';
import { sha256 } from '../crypto/index.ts';
import { isUuid } from '../kernel/index.ts';
import type { PageRequest, PageResult } from '../persistence/index.ts';
import { CLIENT_ROLES, MANAGEMENT_CLIENT } from '../roles/index.ts';
import { MASTER_TENANT, type Tenant, type TenantService } from '../tenants/index.ts';

/** Narrows the clients that stand for tenants. */
export interface TenantClientFilter {
  readonly clientId?: string | null;
  /** Part of the `client_id`, ignoring case. */
  readonly clientIdContains?: string | null;
}

/** A role of such a client. */
export interface TenantClientRole {
  readonly id: string;
  readonly name: string;
}

const SUFFIX = '-realm';
const NONE: PageResult<Tenant> = {
  rows: [],
  hasNextPage: false,
  hasPreviousPage: false,
  totalCount: 0,
  isTotalCountExact: true,
  cursorOf: () => '',
};

/** The `client_id` of the client that stands for a tenant. */
export const tenantClientIdOf = ({ name }: Pick<Tenant, 'name'>): string => `${name}${SUFFIX}`;

/**
 * Whether a `client_id` looks like one that stands for a tenant. Tokens name the roles of such clients, so who may not administer all
 * tenants makes none.
 */
export const isTenantClientId = ({ name }: Pick<Tenant, 'name'>, clientId: string): boolean =>
  name === MASTER_TENANT && clientId.endsWith(SUFFIX);

/** The roles of the client that stands for a tenant: those of its administration. Their ids are made of its id and their names. */
export const tenantClientRolesOf = ({ id }: Pick<Tenant, 'id'>): TenantClientRole[] =>
  CLIENT_ROLES[MANAGEMENT_CLIENT]!.map(({ name }) => ({ id: uuidOf(`${id} ${name}`), name })).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );

/** A UUID version 8 (RFC 9562 section 5.8), the same for the same text. */
function uuidOf(text: string): string {
  const hex = sha256(text).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/**
 * The clients of `master` that stand for the administration of each tenant. They are made up when they are read: rows
 * for 10,000 tenants would make `master` slow. Only callers whose permission reaches all tenants see them.
 */
export class TenantClients {
  readonly #tenants: Pick<TenantService, 'find' | 'page'>;

  constructor(tenants: Pick<TenantService, 'find' | 'page'>) {
    this.#tenants = tenants;
  }

  /** The tenants for which clients of the tenant stand, by name. */
  async page(authority: Authority, filter: TenantClientFilter, request: PageRequest): Promise<PageResult<Tenant>> {
    const { clientId, clientIdContains } = filter;
    if (!areShown(authority) || clientId?.endsWith(SUFFIX) === false) return NONE;
    return this.#tenants.page(
      authority,
      {
        ...(clientId == null ? {} : { name: clientId.slice(0, -SUFFIX.length) }),
        ...(clientIdContains == null ? {} : { nameContains: clientIdContains, nameSuffix: SUFFIX }),
      },
      request,
    );
  }

  /** The tenant for which the client with this UUID stands; null: there is none. */
  async find(authority: Authority, clientUuid: string): Promise<Tenant | null> {
    return areShown(authority) && isUuid(clientUuid) ? this.#tenants.find(clientUuid) : null;
  }
}

const areShown = ({ tenant, reach }: Authority): boolean => tenant.name === MASTER_TENANT && reach === 'all';
