import { z } from 'zod';
import { lookup, present, presentItems, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { toObjectId } from '../../realm-users/object-id.ts';
import { CREDENTIAL_UNKNOWN, FORBIDDEN, refusedWith } from '../errors.ts';
import {
  MoveCredential,
  RemoveCredential,
  RemoveTotp,
  RenameCredential,
  UserCredentials,
} from '../operations.generated.ts';
import { NO_USER, USER_PATH } from '../user-path.ts';

const SPEC = '4.8';

/** The credentials of the user in the path: each id with that in the graph. */
const credentials = lookup({
  operation: UserCredentials,
  toVariables: ({ params }: { readonly params: { readonly id: string } }) => ({ userId: params.id }),
  from: (found) => new Map(presentItems(present(found.credentials)).map(({ id }) => [toObjectId(id), id])),
});

const CREDENTIAL_PATH = USER_PATH.extend({ credentialId: z.string().max(255) });

/** The credential in the path. @throws NOT_FOUND The user has none with this id. */
const toCredential = (id: string, ofUser: ReadonlyMap<string, string>) => ({
  credentialId: present(ofUser.get(id.toLowerCase()) ?? null),
});

/** Refusals of changes; an unknown user is the first to be refused. */
const CHANGE_ERRORS = {
  USER_NOT_FOUND: NO_USER.NOT_FOUND,
  NOT_FOUND: CREDENTIAL_UNKNOWN,
  CREDENTIAL_NOT_FOUND: CREDENTIAL_UNKNOWN,
};

const REMOVE = route({
  method: 'DELETE',
  path: '/users/{id}/credentials/{credentialId}',
  spec: SPEC,
  summary: 'Removes a credential of a user',
  callers: callersWith('credential:delete'),
  operation: RemoveCredential,
  input: { params: CREDENTIAL_PATH },
  lookups: { credentials },
  toVariables: ({ params }, found) => toCredential(params.credentialId, found.credentials),
  reply: { status: 204 },
  errors: { ...CHANGE_ERRORS, INVALID_INPUT: NO_USER.INVALID_INPUT, CREDENTIAL_PASSWORD_NEEDED: FORBIDDEN },
});

const RENAME = route({
  method: 'PUT',
  path: '/users/{id}/credentials/{credentialId}/userLabel',
  spec: SPEC,
  summary: 'Gives a credential of a user another name',
  callers: callersWith('credential:write'),
  operation: RenameCredential,
  input: { params: CREDENTIAL_PATH, text: z.string().describe('The name; an empty one removes it.') },
  lookups: { credentials },
  toVariables: ({ params, text }, found) => ({ ...toCredential(params.credentialId, found.credentials), label: text }),
  reply: { status: 204 },
  errors: {
    ...CHANGE_ERRORS,
    INVALID_INPUT: { ...refusedWith(400, 'Could not update user!'), at: { userId: NO_USER.INVALID_INPUT } },
  },
});

/** What the rows that move a credential have in common. */
const move = {
  method: 'POST' as const,
  spec: SPEC,
  callers: callersWith('credential:write'),
  operation: MoveCredential,
  lookups: { credentials },
  reply: { status: 204 },
  errors: { ...CHANGE_ERRORS, INVALID_INPUT: NO_USER.INVALID_INPUT },
};

const MOVE_TO_FIRST = route({
  ...move,
  path: '/users/{id}/credentials/{credentialId}/moveToFirst',
  summary: 'Puts a credential of a user before the others',
  input: { params: CREDENTIAL_PATH },
  toVariables: ({ params }, found) => ({
    ...toCredential(params.credentialId, found.credentials),
    afterId: null,
  }),
});

const MOVE_AFTER = route({
  ...move,
  path: '/users/{id}/credentials/{credentialId}/moveAfter/{otherId}',
  summary: 'Puts a credential of a user after another one',
  input: { params: CREDENTIAL_PATH.extend({ otherId: z.string().max(255) }) },
  toVariables: ({ params }, found) => ({
    ...toCredential(params.credentialId, found.credentials),
    afterId: toCredential(params.otherId, found.credentials).credentialId,
  }),
});

const REMOVE_TOTP = route({
  method: 'PUT',
  path: '/users/{id}/remove-totp',
  spec: SPEC,
  summary: 'Removes the apps of a user that show time-based codes',
  callers: callersWith('credential:delete'),
  operation: RemoveTotp,
  input: { params: USER_PATH },
  toVariables: ({ params }) => ({ userId: params.id }),
  reply: { status: 204 },
  errors: { ...NO_USER, CREDENTIAL_PASSWORD_NEEDED: FORBIDDEN },
});

/** Changes of credentials of users: docs/dialects/kobil.md, section 4.8. */
export const CREDENTIAL_ROUTES: readonly Route[] = [REMOVE, RENAME, MOVE_TO_FIRST, MOVE_AFTER, REMOVE_TOTP];
