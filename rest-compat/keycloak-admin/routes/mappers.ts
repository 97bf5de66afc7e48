import { z } from 'zod';
import { present, type Route, route } from '../../engine/index.ts';
import { PROTOCOL } from '../../realm-clients/mapper.ts';
import { callersWith } from '../../realm-users/callers.ts';
import {
  BAD_REQUEST,
  conflict,
  MAPPER_TYPE_UNKNOWN,
  MODEL_UNKNOWN,
  PROTOCOL_UNKNOWN,
  refusedWith,
  unusable,
} from '../errors.ts';
import {
  CHANGED_MAPPER,
  MAPPER,
  NEW_MAPPER,
  PROTOCOL_FIELD,
  showMapper,
  TYPE_FIELD,
  toMapperChanges,
  toNewMapper,
} from '../mapper.ts';
import { AddMapper, AddMappers, DeleteMapper, UpdateMapper } from '../operations.generated.ts';
import { noOwner, OWNER_PATH, OWNERS, type Owner, ownerErrors, toId } from '../scope-owner.ts';

const MAPPER_PATH = OWNER_PATH.extend({ mapperId: z.string().max(255) });
const PROTOCOL_PATH = OWNER_PATH.extend({ protocol: z.string().max(255) });

const list = (owner: Owner): Route =>
  route({
    method: 'GET',
    path: `${owner.path}/protocol-mappers/models`,
    spec: owner.spec,
    summary: `Mappers of a ${owner.noun}, in the order in which they act`,
    callers: callersWith('client:read'),
    operation: owner.mappers,
    input: { params: OWNER_PATH },
    toVariables: ({ params }) => ({ ownerId: toId(params.id) }),
    reply: { status: 200, schema: z.array(MAPPER), from: (data) => data.owner.mappers.map(showMapper) },
    errors: noOwner(owner),
  });

const listOfProtocol = (owner: Owner): Route =>
  route({
    method: 'GET',
    path: `${owner.path}/protocol-mappers/protocol/{protocol}`,
    spec: owner.spec,
    summary: `Mappers of a ${owner.noun} for a protocol; none unless it is \`${PROTOCOL}\``,
    callers: callersWith('client:read'),
    operation: owner.mappers,
    input: { params: PROTOCOL_PATH },
    toVariables: ({ params }) => ({ ownerId: toId(params.id) }),
    reply: {
      status: 200,
      schema: z.array(MAPPER),
      from: (data, { params }) => (params.protocol === PROTOCOL ? data.owner.mappers.map(showMapper) : []),
    },
    errors: noOwner(owner),
  });

const get = (owner: Owner): Route =>
  route({
    method: 'GET',
    path: `${owner.path}/protocol-mappers/models/{mapperId}`,
    spec: owner.spec,
    summary: `A mapper of a ${owner.noun}`,
    callers: callersWith('client:read'),
    operation: owner.mapper,
    input: { params: MAPPER_PATH },
    toVariables: ({ params }) => ({ ownerId: toId(params.id) }),
    reply: {
      status: 200,
      schema: MAPPER,
      from: (data, { params }) => {
        const id = params.mapperId.toLowerCase();
        return showMapper(present(data.owner.mappers.find(({ mapperId }) => mapperId === id) ?? null));
      },
    },
    errors: { NOT_FOUND: MODEL_UNKNOWN },
    missing: { owner: owner.unknown },
  });

const UNUSABLE = {
  ...unusable('Could not change the mappers'),
  at: { [PROTOCOL_FIELD]: PROTOCOL_UNKNOWN, [TYPE_FIELD]: MAPPER_TYPE_UNKNOWN },
};
const NAME_TAKEN = refusedWith(409, 'Protocol mapper exists with same name');

/** Refusals of new mappers. */
const addErrors = (owner: Owner) => ({
  ...ownerErrors(owner),
  INVALID_INPUT: UNUSABLE,
  PROTOCOL_MAPPER_NAME_TAKEN: NAME_TAKEN,
  PROTOCOL_MAPPER_LIMIT: BAD_REQUEST,
});

const add = (owner: Owner): Route =>
  route({
    method: 'POST',
    path: `${owner.path}/protocol-mappers/models`,
    spec: owner.spec,
    summary: `Adds a mapper to a ${owner.noun}`,
    callers: callersWith('client:write'),
    operation: AddMapper,
    input: { params: OWNER_PATH, body: NEW_MAPPER },
    toVariables: ({ params, body }) => ({ ...owner.toReference(params.id), mapper: toNewMapper(body) }),
    reply: {
      status: 201,
      headers: ({ addProtocolMappers }, { baseUrl, params }) => {
        const models = owner.path.replace('{id}', () => encodeURIComponent(params.id));
        return { Location: `${baseUrl}${models}/protocol-mappers/models/${addProtocolMappers.mapperIds[0]}` };
      },
    },
    errors: addErrors(owner),
  });

const addAll = (owner: Owner): Route =>
  route({
    method: 'POST',
    path: `${owner.path}/protocol-mappers/add-models`,
    spec: owner.spec,
    summary: `Adds mappers to a ${owner.noun}, all or none`,
    callers: callersWith('client:write'),
    operation: AddMappers,
    input: { params: OWNER_PATH, body: z.array(NEW_MAPPER) },
    toVariables: ({ params, body }) => ({ ...owner.toReference(params.id), mappers: body.map(toNewMapper) }),
    reply: { status: 204 },
    errors: {
      ...addErrors(owner),
      PROTOCOL_MAPPER_NAME_TAKEN: conflict('Protocol mapper name must be unique per protocol'),
    },
  });

const change = (owner: Owner): Route =>
  route({
    method: 'PUT',
    path: `${owner.path}/protocol-mappers/models/{mapperId}`,
    spec: owner.spec,
    summary: `Changes a mapper of a ${owner.noun}`,
    callers: callersWith('client:write'),
    operation: UpdateMapper,
    input: { params: MAPPER_PATH, body: CHANGED_MAPPER },
    toVariables: ({ params, body }) => ({
      ...owner.toReference(params.id),
      mapperId: params.mapperId,
      ...toMapperChanges(body),
    }),
    reply: { status: 204 },
    errors: { ...addErrors(owner), PROTOCOL_MAPPER_NOT_FOUND: MODEL_UNKNOWN },
  });

const remove = (owner: Owner): Route =>
  route({
    method: 'DELETE',
    path: `${owner.path}/protocol-mappers/models/{mapperId}`,
    spec: owner.spec,
    summary: `Deletes a mapper of a ${owner.noun}`,
    callers: callersWith('client:write'),
    operation: DeleteMapper,
    input: { params: MAPPER_PATH },
    toVariables: ({ params }) => ({ ...owner.toReference(params.id), mapperId: params.mapperId }),
    reply: { status: 204 },
    errors: { ...ownerErrors(owner), PROTOCOL_MAPPER_NOT_FOUND: MODEL_UNKNOWN },
  });

/** Mappers of clients and client scopes: docs/dialects/kobil.md, section 4.12. */
export const MAPPER_ROUTES: readonly Route[] = OWNERS.flatMap((owner) =>
  [list, listOfProtocol, get, add, addAll, change, remove].map((make) => make(owner)),
);
