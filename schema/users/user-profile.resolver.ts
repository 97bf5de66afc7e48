import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { SetUserProfileInput, SetUserProfilePayload, UserProfileType } from './user-profile.type.ts';

/** The profile of the users of a tenant. */
@Resolver()
export class UserProfileResolver {
  @RequiresScopes(['user:read'], ['user:read:self'])
  @Query(() => UserProfileType, { description: 'What attributes users of the tenant have, and by which rules.' })
  userProfile(@Ctx() { services, authority }: GraphContext): Promise<UserProfileType> {
    return services.userProfiles.read(authority);
  }

  @RequiresScopes(['setting:write'])
  @Errors('USER_PROFILE_INVALID')
  @Mutation(() => SetUserProfilePayload, {
    description:
      'Sets what attributes users of the tenant have, and by which rules. They hold for changes from then on; accounts stay as they are.',
  })
  async setUserProfile(
    @Arg('input', () => SetUserProfileInput, { description: 'The profile.' }) { profile }: SetUserProfileInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<SetUserProfilePayload> {
    return { userProfile: await services.userProfiles.set(authority, profile ?? null) };
  }
}
