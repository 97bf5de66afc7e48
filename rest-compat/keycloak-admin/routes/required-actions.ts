import { z } from 'zod';
import { invalidField } from '../../../src/kernel/index.ts';
import { present, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { ACTION_SHOWN, actionsOf, SERVICE_ACTIONS, showAction } from '../../realms/required-actions.ts';
import { conflict, refused, unusable } from '../errors.ts';
import {
  AddRequiredAction,
  MoveRequiredAction,
  RemoveRequiredAction,
  RequiredAction,
  RequiredActions,
  type RequiredActionsData,
  UnregisteredActions,
  UpdateRequiredAction,
} from '../operations.generated.ts';

const SPEC = '4.18';
const BASE = '/authentication';
const LIST_PATH = `${BASE}/required-actions`;
const ACTION_PATH = `${LIST_PATH}/{alias}`;
const ALIAS = z.object({ alias: z.string().max(255).describe('Name of the action.') });
const UNKNOWN = refused(404, 'Failed to find required action');
/** With a full stop: Keycloak has both. */
const UNKNOWN_STOP = refused(404, 'Failed to find required action.');
const TAKEN = conflict('A Required Action Provider with given alias already exists.');
const NOT_STORED = unusable('Could not change the required actions');

/** The actions by priority. */
const actionsIn = ({ tenant }: RequiredActionsData) =>
  actionsOf(present(present(tenant).settings).requiredActions).toSorted((a, b) => a.priority - b.priority);

const LIST = route({
  method: 'GET',
  path: LIST_PATH,
  spec: SPEC,
  summary: 'The actions that can be required of users, by priority',
  callers: callersWith('setting:read'),
  operation: RequiredActions,
  reply: { status: 200, schema: z.array(ACTION_SHOWN), from: (data) => actionsIn(data).map(showAction) },
});

const GET = route({
  method: 'GET',
  path: ACTION_PATH,
  spec: SPEC,
  summary: 'An action that can be required of users',
  callers: callersWith('setting:read'),
  operation: RequiredAction,
  input: { params: ALIAS },
  reply: {
    status: 200,
    schema: ACTION_SHOWN,
    from: (data, { params }) =>
      showAction(present(actionsIn(data).find(({ alias }) => alias === params.alias) ?? null)),
  },
  errors: { NOT_FOUND: UNKNOWN },
});

const FLAG = z.boolean().nullable().optional();
const CHANGED = z.object({
  alias: z.string().nullable().optional().describe('Another one renames the action.'),
  name: z.string().nullable().optional(),
  enabled: FLAG,
  defaultAction: FLAG,
  priority: z.number().int().min(0).max(1_000_000).nullable().optional(),
  config: z.record(z.string(), z.string()).nullable().optional(),
});

const UPDATE = route({
  method: 'PUT',
  path: ACTION_PATH,
  spec: SPEC,
  summary: 'Changes an action; what is not sent stays',
  callers: callersWith('setting:write'),
  operation: UpdateRequiredAction,
  input: { params: ALIAS, body: CHANGED },
  toVariables: ({ params, body: { alias: newAlias, enabled: isEnabled, defaultAction: isDefault, ...others } }) => ({
    ...others,
    alias: params.alias,
    newAlias,
    isEnabled,
    isDefault,
    initial: SERVICE_ACTIONS,
  }),
  reply: { status: 204 },
  errors: {
    REQUIRED_ACTION_NOT_FOUND: UNKNOWN,
    REQUIRED_ACTION_TAKEN: TAKEN,
    TENANT_SETTING_INVALID: NOT_STORED,
    INVALID_INPUT: NOT_STORED,
  },
});

const DELETE = route({
  method: 'DELETE',
  path: ACTION_PATH,
  spec: SPEC,
  summary: 'Removes an action from those that can be required of users',
  callers: callersWith('setting:write'),
  operation: RemoveRequiredAction,
  input: { params: ALIAS },
  toVariables: ({ params }) => ({ alias: params.alias, initial: SERVICE_ACTIONS }),
  reply: { status: 204 },
  errors: { REQUIRED_ACTION_NOT_FOUND: UNKNOWN_STOP, TENANT_SETTING_INVALID: NOT_STORED },
});

const moving = (isEarlier: boolean): Route =>
  route({
    method: 'POST',
    path: `${ACTION_PATH}/${isEarlier ? 'raise' : 'lower'}-priority`,
    spec: SPEC,
    summary: isEarlier
      ? 'Exchanges the places of an action and the one before it'
      : 'Exchanges the places of an action and the one after it',
    callers: callersWith('setting:write'),
    operation: MoveRequiredAction,
    input: { params: ALIAS },
    toVariables: ({ params }) => ({ alias: params.alias, isEarlier, initial: SERVICE_ACTIONS }),
    reply: { status: 204 },
    errors: { REQUIRED_ACTION_NOT_FOUND: UNKNOWN_STOP, TENANT_SETTING_INVALID: NOT_STORED },
  });

const UNREGISTERED = route({
  method: 'GET',
  path: `${BASE}/unregistered-required-actions`,
  spec: SPEC,
  summary: 'What the service can carry out and no action does',
  callers: callersWith('setting:read'),
  operation: UnregisteredActions,
  reply: {
    status: 200,
    schema: z.array(z.strictObject({ name: z.string(), providerId: z.string() })),
    from: (data) => {
      const used = new Set(actionsIn(data).map(({ providerId }) => providerId));
      return SERVICE_ACTIONS.filter(({ providerId }) => !used.has(providerId)).map(({ name, providerId }) => ({
        name,
        providerId,
      }));
    },
  },
});

const REGISTERED = z.object({ name: z.string().nullable().optional(), providerId: z.string() });

/** @throws INVALID_INPUT The service has nothing of this name. */
function toRegistration({ name, providerId }: z.output<typeof REGISTERED>) {
  const known = SERVICE_ACTIONS.find((action) => action.providerId === providerId);
  if (known === undefined)
    throw invalidField('providerId', 'PROVIDER_UNKNOWN', 'The service carries out nothing of this name.');
  return { alias: providerId, providerId, name: name ?? known.name, initial: SERVICE_ACTIONS };
}

const REGISTER = route({
  method: 'POST',
  path: `${BASE}/register-required-action`,
  spec: SPEC,
  summary: 'Adds an action to those that can be required of users: enabled, and after all others',
  callers: callersWith('setting:write'),
  operation: AddRequiredAction,
  input: { body: REGISTERED },
  toVariables: ({ body }) => toRegistration(body),
  reply: { status: 204 },
  errors: {
    REQUIRED_ACTION_TAKEN: TAKEN,
    TENANT_SETTING_INVALID: NOT_STORED,
    INVALID_INPUT: {
      ...NOT_STORED,
      at: { providerId: refused(400, 'Required Action Provider with given providerId not found') },
    },
  },
});

/** Actions that can be required of users: docs/dialects/kobil.md, section 4.18. */
export const REQUIRED_ACTION_ROUTES: readonly Route[] = [
  LIST,
  GET,
  UPDATE,
  DELETE,
  moving(true),
  moving(false),
  UNREGISTERED,
  REGISTER,
];
