import type { CreateProvider, FederationProviderService, FederationProviderStore } from '../../federation/index.ts';
import { type TenantService, withTexts } from '../../tenants/index.ts';
import type { UserProfileService } from '../../users/index.ts';
import { writingParts } from '../part-writer.ts';
import type { RowWriter } from '../row-writer.ts';

export interface TenantWriterDeps {
  readonly tenants: Pick<TenantService, 'configure' | 'editSettings'>;
  readonly userProfiles: Pick<UserProfileService, 'set'>;
  readonly providers: Pick<FederationProviderService, 'create' | 'update'>;
  readonly providerStore: Pick<FederationProviderStore, 'findByName'>;
}

/** Writes settings of the tenant; those that an import does not have stay. */
export const settingsWriter = ({ tenants }: TenantWriterDeps): RowWriter<'settings'> => ({
  needs: ['tenant:write', 'setting:write'],
  events: () => 3,
  ...writingParts(async (authority, { input }) => (await tenants.configure(authority, input)).id),
});

/** Writes texts of the tenant in one language; those that an import does not have stay. */
export const textsWriter = ({ tenants }: TenantWriterDeps): RowWriter<'texts'> => ({
  needs: ['setting:write'],
  events: () => 1,
  ...writingParts(async (authority, { name, input }) => {
    await tenants.editSettings(authority, ({ texts }) => ({ texts: withTexts(texts, name, input.texts) }));
    return authority.tenant.id;
  }),
});

/** Writes the profile of users. */
export const userProfileWriter = ({ userProfiles }: TenantWriterDeps): RowWriter<'userProfile'> => ({
  needs: ['setting:write'],
  events: () => 1,
  ...writingParts(async (authority, { input }) => {
    await userProfiles.set(authority, input.profile);
    return authority.tenant.id;
  }),
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
