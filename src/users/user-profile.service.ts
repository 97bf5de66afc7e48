import type { Authority } from '../access/index.ts';
import { checkedProfile, type TenantDirectory, type TenantService, type UserProfile } from '../tenants/index.ts';
import { isRequired, mayEdit, profileRoleOf } from './profile-rules.ts';

/** The profile of the users of a tenant, as a caller sees it. */
export interface ProfileView {
  /** Null: no rules but those of the service. */
  readonly profile: UserProfile | null;
  /** Names of attributes that are required of an account when the caller changes it. */
  readonly required: string[];
  /** Names of attributes that the caller may not change. */
  readonly readOnly: string[];
}

export interface UserProfileServiceDeps {
  readonly directory: Pick<TenantDirectory, 'byId'>;
  readonly tenants: Pick<TenantService, 'editSettings'>;
}

/** What attributes users have, and by which rules. */
export class UserProfileService {
  readonly #deps: UserProfileServiceDeps;

  constructor(deps: UserProfileServiceDeps) {
    this.#deps = deps;
  }

  /** The profile of the tenant. The caller of this method must check the permission to read users. */
  async read(authority: Authority): Promise<ProfileView> {
    const tenant = await this.#deps.directory.byId(authority.tenant.id);
    return viewOf(authority, tenant?.settings.userProfile ?? null);
  }

  /**
   * Replaces the profile; null removes it. One event, none when nothing changed.
   * @throws NOT_FOUND, USER_PROFILE_INVALID
   */
  async set(authority: Authority, sent: object | null): Promise<ProfileView> {
    const userProfile = sent === null ? null : checkedProfile(sent);
    await this.#deps.tenants.editSettings(authority, () => ({ userProfile }));
    return viewOf(authority, userProfile);
  }
}

function viewOf(authority: Authority, profile: UserProfile | null): ProfileView {
  const role = profileRoleOf(authority);
  const attributes = profile?.attributes ?? [];
  return {
    profile,
    required: attributes.filter((attribute) => isRequired(attribute, role)).map(({ name }) => name),
    readOnly: attributes.filter(({ name }) => !mayEdit(profile!, role, name)).map(({ name }) => name),
  };
}
