import { z } from 'zod';
import { type LegacyError, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { refusedWith } from '../errors.ts';
import { SetUserProfile, UserProfile, UserProfileMetadata } from '../operations.generated.ts';
import { PROFILE_CONFIG, PROFILE_METADATA, showMetadata, showProfile } from '../user-profile.ts';

const SPEC = '4.23';

const READ = route({
  method: 'GET',
  path: '/users/profile',
  spec: SPEC,
  summary: 'What attributes users have, and by which rules',
  callers: callersWith('user:read'),
  operation: UserProfile,
  reply: { status: 200, schema: PROFILE_CONFIG, from: ({ userProfile }) => showProfile(userProfile) },
});

/** Each fault in words, in brackets as a list. */
const PROFILE_REFUSED: LegacyError = {
  ...refusedWith(400, 'The profile of users is not valid.'),
  text: ({ error }) => `[${(error.fields ?? []).map(({ message }) => message).join(', ')}]`,
};

const WRITE = route({
  method: 'PUT',
  path: '/users/profile',
  spec: SPEC,
  summary: 'Replaces what attributes users have, and by which rules',
  callers: callersWith('setting:write'),
  operation: SetUserProfile,
  input: { body: z.looseObject({ attributes: z.array(z.unknown()).describe('At least `username` and `email`.') }) },
  toVariables: ({ body }) => ({ profile: body }),
  reply: { status: 200, schema: PROFILE_CONFIG, from: ({ setUserProfile }) => showProfile(setUserProfile.userProfile) },
  errors: { USER_PROFILE_INVALID: PROFILE_REFUSED },
});

const METADATA = route({
  method: 'GET',
  path: '/users/profile/metadata',
  spec: SPEC,
  summary: 'What forms for users are made from',
  callers: callersWith('user:read'),
  operation: UserProfileMetadata,
  reply: { status: 200, schema: PROFILE_METADATA, from: ({ userProfile }) => showMetadata(userProfile) },
});

/** The profile of users: docs/dialects/kobil.md, section 4.23. */
export const USER_PROFILE_ROUTES: readonly Route[] = [READ, WRITE, METADATA];
