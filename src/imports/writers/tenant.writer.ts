import type { CreateProvider, FederationProviderService, FederationProviderStore } from '../../federation/index.ts';
import type { TenantService } from '../../tenants/index.ts';
import { writingParts } from '../part-writer.ts';
import type { RowWriter } from '../row-writer.ts';

export interface TenantWriterDeps {
  readonly tenants: Pick<TenantService, 'configure'>;
  readonly providers: Pick<FederationProviderService, 'create' | 'update'>;
  readonly providerStore: Pick<FederationProviderStore, 'findByName'>;
}

/** Writes settings of the tenant; those that an import does not have stay. */
export const settingsWriter = ({ tenants }: TenantWriterDeps): RowWriter<'settings'> => ({
  needs: ['tenant:write', 'setting:write'],
  events: () => 3,
  ...writingParts(async (authority, { input }) => (await tenants.configure(authority, input)).id),
});

const toProviderChange = ({ type: _type, name: _name, ...change }: CreateProvider) => change;

/** Writes providers of external accounts. */
export const providerWriter = ({ providers, providerStore }: TenantWriterDeps): RowWriter<'provider'> => ({
  needs: ['federation-provider:write'],
  events: () => 1,
  find: async ({ tenant }, { name }) => {
    const provider = await providerStore.findByName(tenant.id, name);
    return provider === null ? null : { id: provider.id, isBuiltin: false };
  },
  add: async (authority, { input }) => (await providers.create(authority, input)).id,
  change: async (authority, id, { input }) => {
    await providers.update(authority, id, toProviderChange(input));
  },
});
