import { z } from 'zod';
import { presentItems, type Route, route } from '../../engine/index.ts';
import { SUBJECT } from '../errors.ts';
import { subjectIdOf } from '../identifiers.ts';
import {
  ChangeRights,
  GrantRights,
  RevokeRights,
  RightsOfApplication,
  RightsOfUser,
  type RightsOfUserData,
  RightsOn,
  type RightsOnData,
} from '../operations.generated.ts';
import { RIGHT_TYPES, type RightKeyType, rightHolderOf, rightKeyOf, rightPartyOf } from '../right-keys.ts';
import { END_USER, SUBJECT_PATH } from './input.ts';

const OWN = ['blitz_user_rights', 'blitz_api_user_rights'] as const;
const SYSTEM = { bearer: { app: ['blitz_rights_full_access'] } } as const;

const APP_PATH = z.object({ app_id: z.string().max(255).describe('`client_id` of the application.') });
const GROUP_PATH = z.object({ grp_id: z.string().max(255).describe('Id of the group in its profile.') });

const BY_OBJECT = z.record(z.string(), z.record(z.string(), z.array(z.string())));
/** Object to right to tags. */
const byObject = ({ rightsOf }: RightsOfUserData): z.input<typeof BY_OBJECT> =>
  Object.fromEntries(
    [...Map.groupBy(presentItems(rightsOf), ({ object }) => rightKeyOf(object))].map(([key, rights]) => [
      key,
      Object.fromEntries(rights.map(({ name, tags }) => [name, [...tags]])),
    ]),
  );

const BY_SUBJECT = z.record(z.string(), z.array(z.string()));
/** Subject to rights. */
const bySubject = ({ rightsOn }: RightsOnData): z.input<typeof BY_SUBJECT> =>
  Object.fromEntries(
    [...Map.groupBy(presentItems(rightsOn), ({ subject }) => rightKeyOf({ ...subject, profile: null }))].map(
      ([key, rights]) => [key, rights.map(({ name }) => name)],
    ),
  );

const HELD = { status: 200, schema: BY_OBJECT, from: byObject };
const GIVEN = { status: 200, schema: BY_SUBJECT, from: bySubject };

const text = (max: number) => z.string().regex(new RegExp(`^(?=\\s*\\S)[^\\p{Cc}\\p{Cs}]{1,${max}}$`, 'u'));
const RIGHT_NAMES = z.array(text(128)).max(50);

/** The bodies are assumptions, because those of the manual were not available (docs/dialects/blitz.md, section 2.18). */
const PARTIES = {
  subject: z.string().max(512).describe('`{subjectId}` or `its|{app_id}`.'),
  subjectType: z.literal('its').optional().describe('`its` when `subject` is a plain `app_id`.'),
  object: z.string().max(512).describe('`{subjectId}`, `grps|{grp_id}|{profile}` or `its|{app_id}`.'),
  objectType: z.enum(RIGHT_TYPES).optional().describe('What `object` is when it is a plain id of another kind.'),
  objectExt: z.string().max(255).optional().describe('Profile of the group when `objectType` is `grps`.'),
} as const;

interface PartiesBody {
  readonly subject: string;
  readonly subjectType?: 'its' | undefined;
  readonly object: string;
  readonly objectType?: RightKeyType | undefined;
  readonly objectExt?: string | undefined;
}

const partiesOf = ({ subject, subjectType, object, objectType, objectExt }: PartiesBody) => ({
  subject: rightHolderOf(subject, subjectType),
  object: rightPartyOf(object, objectType, objectExt),
});

const RIGHTS = z.object({
  ...PARTIES,
  rights: RIGHT_NAMES.min(1).describe('Names of the rights.'),
  tags: z.array(text(64)).max(20).optional().describe('Who sets them, or why.'),
});
const ONE_OR_MORE = z.union([RIGHTS, z.array(RIGHTS).max(50)]);

const rightsOf = ({ body }: { readonly body: z.output<typeof ONE_OR_MORE> }) => ({
  rights: (Array.isArray(body) ? body : [body]).map(({ rights, tags, ...parties }) => ({
    ...partiesOf(parties),
    names: rights,
    ...(tags === undefined ? {} : { tags }),
  })),
});

/** A party is one text in the body and an object in the graph, so its paths map to one field. */
const PARTY_FIELDS = {
  'input.rights.subject': 'subject',
  'input.rights.object': 'object',
  'input.subject': 'subject',
  'input.object': 'object',
};

/** Access rights: docs/dialects/blitz.md, section 2.18. */
export const RIGHT_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v3/rights/of/{subjectId}',
    spec: '2.18 (37)',
    summary: 'The rights that a user has',
    callers: { bearer: { user: OWN, ...SYSTEM.bearer } },
    operation: RightsOfUser,
    input: { params: SUBJECT_PATH, headers: END_USER },
    toVariables: ({ params }) => ({ userId: subjectIdOf(params.subjectId) }),
    reply: HELD,
    errors: SUBJECT,
  }),
  route({
    method: 'GET',
    path: '/api/v3/rights/of/its/{app_id}',
    spec: '2.18 (38)',
    summary: 'The rights that an application has',
    callers: SYSTEM,
    operation: RightsOfApplication,
    input: { params: APP_PATH },
    toVariables: ({ params }) => ({ clientId: params.app_id }),
    reply: HELD,
  }),
  route({
    method: 'GET',
    path: '/api/v3/rights/on/{subjectId}',
    spec: '2.18 (39)',
    summary: 'The rights on a user',
    callers: SYSTEM,
    operation: RightsOn,
    input: { params: SUBJECT_PATH },
    toVariables: ({ params }) => ({ object: { userId: subjectIdOf(params.subjectId) } }),
    reply: GIVEN,
    errors: SUBJECT,
  }),
  route({
    method: 'GET',
    path: '/api/v3/rights/on/grps/{grp_id}',
    spec: '2.18 (40)',
    summary: 'The rights on a group',
    callers: SYSTEM,
    operation: RightsOn,
    input: { params: GROUP_PATH, query: z.object({ objectExt: z.string().describe('Profile of the group.') }) },
    toVariables: ({ params, query }) => ({ object: rightPartyOf(params.grp_id, 'grps', query.objectExt) }),
    reply: GIVEN,
  }),
  route({
    method: 'GET',
    path: '/api/v3/rights/on/its/{app_id}',
    spec: '2.18 (41)',
    summary: 'The rights on an application',
    callers: SYSTEM,
    operation: RightsOn,
    input: { params: APP_PATH },
    toVariables: ({ params }) => ({ object: rightPartyOf(params.app_id, 'its') }),
    reply: GIVEN,
  }),
  route({
    method: 'PUT',
    path: '/api/v3/rights',
    spec: '2.18 (42)',
    summary: 'Grants rights: one object or a list; a repeated request changes nothing',
    callers: SYSTEM,
    operation: GrantRights,
    input: { body: ONE_OR_MORE },
    toVariables: rightsOf,
    reply: { status: 204 },
    pos: PARTY_FIELDS,
  }),
  route({
    method: 'DELETE',
    path: '/api/v3/rights',
    spec: '2.18 (43)',
    summary: 'Revokes rights, or some of their tags; rights that are not held are ignored',
    callers: SYSTEM,
    operation: RevokeRights,
    input: { body: ONE_OR_MORE },
    toVariables: rightsOf,
    reply: { status: 204 },
    pos: PARTY_FIELDS,
  }),
  route({
    method: 'POST',
    path: '/api/v2/users/rights/change',
    spec: '2.18 (48)',
    summary: 'Users change rights on their account and give up rights that they hold; applications revoke rights',
    callers: { bearer: { user: OWN, app: ['blitz_rm_rights'] } },
    operation: ChangeRights,
    input: {
      body: z.object({ ...PARTIES, add: RIGHT_NAMES.optional(), remove: RIGHT_NAMES.optional() }),
    },
    toVariables: ({ body: { add, remove, ...parties } }) => ({ ...partiesOf(parties), add, remove }),
    reply: { status: 204 },
    pos: PARTY_FIELDS,
  }),
];
