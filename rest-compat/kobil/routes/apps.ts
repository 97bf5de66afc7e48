import { z } from 'zod';
import { lookup, type ParsedRequest, presentItems, type Route, type RouteInput, route } from '../../engine/index.ts';
import { HIDDEN_SECRET } from '../../realm-clients/client.ts';
import { at } from '../alias.ts';
import { APP, APP_NAME, NEW_APP, SENT_APP, showApp, toAppChanges, toNewApp } from '../app.ts';
import { callersWith } from '../callers.ts';
import { DONE, done, SUBSYSTEM, withData } from '../envelope.ts';
import { APP_MISSING, invalid, PASSWORD_MISSING, UNAUTHORIZED } from '../errors.ts';
import {
  App,
  AppSecret,
  Apps,
  CreateApp,
  CreateResourceServer,
  DeleteApp,
  FindApp,
  RotateAppSecret,
  UpdateApp,
} from '../operations.generated.ts';
import { MAX_LISTED } from '../quirks.ts';

const { apps, users } = SUBSYSTEM;
const TAGS = { subSystem: apps };
const BASE = '/v3_client';

/** Another user has the name or the id of the service account. */
const ACCOUNT_TAKEN = invalid('User already exists');
const NO_ACCOUNT = invalid('Mandatory data is missing');

/** The id of an app; clients that are none are not found. */
const appId = <R>(nameOf: (request: R) => string) =>
  lookup({
    operation: FindApp,
    toVariables: (request: R) => ({ clientId: nameOf(request) }),
    from: ({ client }) => (client?.kind === 'REGULAR' ? client.id : null),
  });

const LIST = route({
  method: 'GET',
  path: BASE,
  spec: '3.6 (38)',
  summary: 'All apps, by name',
  callers: callersWith('client:read'),
  tags: TAGS,
  operation: Apps,
  toVariables: () => ({ first: MAX_LISTED }),
  reply: {
    status: 200,
    schema: withData(z.array(APP)),
    from: ({ clients }) => ({
      ...done('App info fetched successfully', apps),
      data: presentItems(clients.nodes).map(showApp),
    }),
  },
});

const UPDATE = route({
  method: 'PUT',
  path: BASE,
  spec: '3.6 (39)',
  summary: 'Changes an app; members that are not sent stay',
  callers: callersWith('client:write'),
  tags: TAGS,
  operation: UpdateApp,
  input: { body: SENT_APP },
  lookups: { appId: appId(({ body }: { readonly body: { readonly appName: string } }) => body.appName) },
  toVariables: ({ body }, found) => ({ ...toAppChanges(body), clientId: found.appId }),
  reply: { status: 200, schema: DONE, from: () => done('App updated successfully.', apps) },
  errors: {
    NOT_FOUND: APP_MISSING,
    USER_ID_TAKEN: ACCOUNT_TAKEN,
    USER_USERNAME_TAKEN: ACCOUNT_TAKEN,
    CLIENT_WITHOUT_ACCOUNT: NO_ACCOUNT,
  },
});

const CREATE = route({
  method: 'POST',
  path: BASE,
  spec: '3.6 (40)',
  summary: 'Makes an app',
  callers: callersWith('client:create'),
  tags: TAGS,
  operation: CreateApp,
  input: { body: NEW_APP },
  toVariables: ({ body }) => toNewApp(body),
  reply: { status: 200, schema: DONE, from: () => done('App created successfully', apps) },
  errors: { USER_USERNAME_TAKEN: ACCOUNT_TAKEN, CLIENT_WITHOUT_ACCOUNT: NO_ACCOUNT },
});

/** An administrator of the tenant, whose password is proved. */
const ADMINISTRATOR = z.object({
  adminuser: z.string().min(1).describe('Mandatory. Username of an administrator.'),
  adminpassword: z.string().min(1).describe('Mandatory.'),
  migrate: z
    .enum(['true', 'false'])
    .describe('Mandatory. `true`: the role `uma_authorization` is put into the default role of the tenant.'),
});

const CREATE_UMA = route({
  method: 'POST',
  path: `${BASE}/uma`,
  spec: '3.6 (37)',
  summary: 'Makes the app `uma-app`, whose resources can be asked for',
  callers: callersWith('client:create'),
  tags: TAGS,
  operation: CreateResourceServer,
  input: { query: ADMINISTRATOR },
  toVariables: ({ query: { adminuser: username, adminpassword: password, migrate } }) => ({
    username,
    password,
    isForEveryUser: migrate === 'true',
  }),
  reply: {
    status: 200,
    schema: DONE,
    from: () => done('Created app and migrated users successfully.', apps),
  },
  shapeErrors: { adminpassword: PASSWORD_MISSING },
  errors: { ADMINISTRATOR_UNPROVED: UNAUTHORIZED, USER_USERNAME_TAKEN: ACCOUNT_TAKEN },
});

/** Where a request names its app. */
interface Place<I extends RouteInput> {
  readonly input: I;
  readonly nameOf: (request: ParsedRequest<I>) => string;
}

const APP_PATH = z.object({ appName: APP_NAME });
const APP_QUERY = z.object({ appname: APP_NAME.describe('Mandatory.') });
const IN_PATH: Place<{ readonly params: typeof APP_PATH }> = {
  input: { params: APP_PATH },
  nameOf: ({ params }) => params.appName,
};
/** A second form of the gateway. */
const IN_QUERY: Place<{ readonly query: typeof APP_QUERY }> = {
  input: { query: APP_QUERY },
  nameOf: ({ query }) => query.appname,
};

const ERRORS = { NOT_FOUND: APP_MISSING } as const;

const info = <I extends RouteInput>(path: string, { input, nameOf }: Place<I>): Route =>
  route({
    method: 'GET',
    path,
    spec: '3.6 (41)',
    summary: 'An app',
    callers: callersWith('client:read'),
    tags: TAGS,
    operation: App,
    input,
    toVariables: (request) => ({ clientId: nameOf(request) }),
    reply: {
      status: 200,
      schema: withData(APP),
      from: ({ client }) => ({ ...done('App info fetched successfully', apps), data: showApp(client) }),
    },
    errors: ERRORS,
  });

const remove = <I extends RouteInput>(path: string, { input, nameOf }: Place<I>): Route =>
  route({
    method: 'DELETE',
    path,
    spec: '3.6 (42)',
    summary: 'Deletes an app',
    callers: callersWith('client:delete'),
    tags: TAGS,
    operation: DeleteApp,
    input,
    lookups: { appId: appId(nameOf) },
    toVariables: (_request, found) => ({ clientId: found.appId }),
    reply: { status: 200, schema: DONE, from: () => done('App deleted successfully', apps) },
    errors: ERRORS,
  });

const credential = <I extends RouteInput>(path: string, { input, nameOf }: Place<I>): Route =>
  route({
    method: 'GET',
    path,
    spec: '3.6 (43)',
    summary: 'The secret of an app',
    callers: callersWith('client-secret:read'),
    tags: { subSystem: users },
    operation: AppSecret,
    input,
    lookups: {
      // Reading a secret is recorded, so it is read only where there is one to show.
      isReadable: lookup({
        operation: FindApp,
        toVariables: (request: ParsedRequest<I>) => ({ clientId: nameOf(request) }),
        from: ({ client }) => client?.hasReadableSecret ?? null,
      }),
    },
    toVariables: (request, found) => ({ clientId: nameOf(request), isReadable: found.isReadable }),
    reply: {
      status: 200,
      schema: withData(z.string().nullable().describe('Null for a public app.')),
      from: ({ client, clientSecret }) => ({
        ...done('App credential fetched successfully', users),
        data: client.type === 'PUBLIC' ? null : (clientSecret ?? HIDDEN_SECRET),
      }),
    },
    errors: ERRORS,
  });

const regenerate = <I extends RouteInput>(path: string, { input, nameOf }: Place<I>): Route =>
  route({
    method: 'POST',
    path,
    spec: '3.6 (44)',
    summary: 'Gives an app another secret; the one before ends at once',
    callers: callersWith('client-secret:rotate'),
    tags: TAGS,
    operation: RotateAppSecret,
    input,
    lookups: { appId: appId(nameOf) },
    toVariables: (_request, found) => ({ clientId: found.appId }),
    reply: {
      status: 200,
      schema: withData(z.string()),
      from: ({ rotateClientSecret }) => ({
        ...done('App credential regenerated successfully', apps),
        data: rotateClientSecret.secret,
      }),
    },
    errors: ERRORS,
  });

const INFO = info(`${BASE}/{appName}`, IN_PATH);
const REMOVE = remove(`${BASE}/{appName}`, IN_PATH);
const CREDENTIAL = credential(`${BASE}/secret/{appName}`, IN_PATH);
const REGENERATE = regenerate(`${BASE}/secret/{appName}`, IN_PATH);

/** Apps: docs/dialects/kobil.md, section 3.6. */
export const APP_ROUTES: readonly Route[] = [LIST, UPDATE, CREATE, CREATE_UMA, INFO, REMOVE, CREDENTIAL, REGENERATE];
export const GATEWAY_APP_ROUTES: readonly Route[] = [
  at('/apps', LIST),
  at('/apps', UPDATE),
  at('/apps', CREATE),
  at('/apps/uma', CREATE_UMA),
  at('/apps/{appName}', INFO),
  at('/apps/{appName}', REMOVE),
  at('/apps/{appName}/credentials', CREDENTIAL),
  at('/apps/{appName}/credentials', REGENERATE),
  info('/app/fetch', IN_QUERY),
  remove('/app/remove', IN_QUERY),
  credential('/app/secret', IN_QUERY),
  regenerate('/app/secret', IN_QUERY),
];
