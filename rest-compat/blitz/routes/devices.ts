import { z } from 'zod';
import { presentItems, type Route, route } from '../../engine/index.ts';
import { SUBJECT } from '../errors.ts';
import { ACCOUNT_ID, subjectIdOf } from '../identifiers.ts';
import { Devices, LinkedApps, RemoveDevice, RemoveLinkedApp, ResetUserSessions } from '../operations.generated.ts';
import { DEVICES, device, LINKED_APPS, linkedApps } from '../replies.ts';
import { END_USER, KEPT_DEVICE, SUBJECT_PATH } from './input.ts';

const READERS = { bearer: { user: ['blitz_api_uapps'], app: ['blitz_api_sys_uapps'] } } as const;
const WRITERS = { bearer: { user: ['blitz_api_uapps_chg'], app: ['blitz_api_sys_uapps_chg'] } } as const;
const ITEM_PATH = z.object({ subjectId: ACCOUNT_ID, id: z.string() });

/** Session reset, apps and devices: docs/dialects/blitz.md, sections 2.12 and 2.13. */
export const DEVICE_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/v3/users/{subjectId}/sessions/reset',
    spec: '2.12 (24)',
    summary: 'Ends all sessions and tokens of a user',
    callers: { bearer: { user: ['blitz_api_usec_chg'], app: ['blitz_api_sys_usec_chg'] } },
    operation: ResetUserSessions,
    input: { params: SUBJECT_PATH, headers: END_USER.extend(KEPT_DEVICE.shape) },
    toVariables: ({ params, headers }) => ({
      userId: subjectIdOf(params.subjectId),
      keepDeviceId: headers['ib-ci-ua-id'],
    }),
    reply: { status: 204 },
    errors: SUBJECT,
  }),
  route({
    method: 'GET',
    path: '/api/v3/users/{subjectId}/apps',
    spec: '2.13 (25)',
    summary: 'Mobile apps of a user',
    callers: READERS,
    operation: LinkedApps,
    input: { params: SUBJECT_PATH, headers: END_USER },
    toVariables: ({ params }) => ({ userId: subjectIdOf(params.subjectId) }),
    reply: {
      status: 200,
      schema: LINKED_APPS,
      from: linkedApps,
    },
    errors: SUBJECT,
  }),
  route({
    method: 'DELETE',
    path: '/api/v3/users/{subjectId}/apps/{id}',
    spec: '2.13 (26)',
    summary: 'Unlinks a mobile app of a user',
    callers: WRITERS,
    operation: RemoveLinkedApp,
    input: { params: ITEM_PATH, headers: END_USER },
    toVariables: ({ params }) => ({ userId: subjectIdOf(params.subjectId), clientId: params.id }),
    reply: { status: 204 },
    errors: SUBJECT,
  }),
  route({
    method: 'GET',
    path: '/api/v3/users/{subjectId}/uas',
    spec: '2.13 (27)',
    summary: 'Devices that a user signed in on',
    callers: READERS,
    operation: Devices,
    input: { params: SUBJECT_PATH, headers: END_USER },
    toVariables: ({ params }) => ({ userId: subjectIdOf(params.subjectId) }),
    reply: {
      status: 200,
      schema: DEVICES,
      from: ({ devices }) => presentItems(devices).map(device),
    },
    errors: SUBJECT,
  }),
  route({
    method: 'DELETE',
    path: '/api/v3/users/{subjectId}/uas/{id}',
    spec: '2.13 (28)',
    summary: 'Forgets a device of a user',
    callers: WRITERS,
    operation: RemoveDevice,
    input: { params: ITEM_PATH, headers: END_USER },
    toVariables: ({ params }) => ({ userId: subjectIdOf(params.subjectId), deviceId: params.id }),
    reply: { status: 204 },
    errors: SUBJECT,
  }),
];
