import { type Method, type Route, refusedRow } from '../../engine/index.ts';

const SPEC = '4.21';
const CLIENT = '/clients/{id}';
const AUTHORIZATION = `${CLIENT}/authz/resource-server`;
const CERTIFICATE = `${CLIENT}/certificates/{name}`;
const EVALUATED = `${CLIENT}/evaluate-scopes`;
const AUTHENTICATION = '/authentication';
const EXECUTION = `${AUTHENTICATION}/executions/{id}`;
const FLOW = `${AUTHENTICATION}/flows/{id}`;
const PROVIDER = '/identity-provider/instances/{alias}';
const ORGANIZATION = '/organizations/{id}';
const VERIFIABLE = '/users/{id}/vc/credentials';
const STORAGE = '/user-storage/{id}';
const READ_CREATE = ['GET', 'POST'] as const;
const READ_WRITE = ['GET', 'PUT'] as const;
const READ_WRITE_DELETE = ['GET', 'PUT', 'DELETE'] as const;
const EVERY = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Paths of one subject, each with its methods. */
type Subject = readonly (readonly [path: string, ...methods: Method[]])[];

/** What of Keycloak's administration is not served, by subject. */
const SUBJECTS: Readonly<Record<string, Subject>> = {
  'authorization services': [
    [AUTHORIZATION, ...READ_WRITE],
    [`${AUTHORIZATION}/import`, 'POST'],
    [`${AUTHORIZATION}/settings`, 'GET'],
    [`${AUTHORIZATION}/resource`, ...READ_CREATE],
    [`${AUTHORIZATION}/resource/{other}`, ...READ_WRITE_DELETE],
    [`${AUTHORIZATION}/resource/{other}/permissions`, 'GET'],
    [`${AUTHORIZATION}/resource/{other}/scopes`, 'GET'],
    [`${AUTHORIZATION}/scope`, ...READ_CREATE],
    [`${AUTHORIZATION}/scope/{other}`, ...READ_WRITE_DELETE],
    [`${AUTHORIZATION}/scope/{other}/permissions`, 'GET'],
    [`${AUTHORIZATION}/scope/{other}/resources`, 'GET'],
    [`${AUTHORIZATION}/permission`, 'GET'],
    [`${AUTHORIZATION}/permission/scope`, 'GET'],
    [`${AUTHORIZATION}/permission/{type}`, 'POST'],
    [`${AUTHORIZATION}/permission/{type}/{other}`, ...READ_WRITE_DELETE],
    [`${AUTHORIZATION}/policy`, 'GET'],
    [`${AUTHORIZATION}/policy/evaluate`, 'POST'],
    [`${AUTHORIZATION}/policy/providers`, 'GET'],
    [`${AUTHORIZATION}/policy/search`, 'GET'],
    [`${AUTHORIZATION}/policy/{type}`, 'POST'],
    [`${AUTHORIZATION}/policy/{other}`, 'GET', 'DELETE'],
    [`${AUTHORIZATION}/policy/{type}/{other}`, ...READ_WRITE],
    [`${AUTHORIZATION}/policy/{other}/associatedPolicies`, 'GET'],
    [`${AUTHORIZATION}/policy/{other}/dependentPolicies`, 'GET'],
    [`${AUTHORIZATION}/policy/{other}/resources`, 'GET'],
    [`${AUTHORIZATION}/policy/{other}/scopes`, 'GET'],
  ],
  'fine-grained permissions': [
    ['/users-management-permissions', ...READ_WRITE],
    [`${CLIENT}/management/permissions`, ...READ_WRITE],
    [`${CLIENT}/roles/{name}/management/permissions`, ...READ_WRITE],
    ['/groups/{id}/management/permissions', ...READ_WRITE],
    ['/roles/{name}/management/permissions', ...READ_WRITE],
    ['/roles-by-id/{id}/management/permissions', ...READ_WRITE],
    [`${PROVIDER}/management/permissions`, ...READ_WRITE],
  ],
  'what a client would get': [
    [`${EVALUATED}/generate-example-access-token`, 'GET'],
    [`${EVALUATED}/generate-example-id-token`, 'GET'],
    [`${EVALUATED}/generate-example-saml-response`, 'GET'],
    [`${EVALUATED}/generate-example-userinfo`, 'GET'],
    [`${EVALUATED}/protocol-mappers`, 'GET'],
    [`${EVALUATED}/scope-mappings/{other}/{type}`, 'GET'],
  ],
  'certificates and nodes of clients': [
    [CERTIFICATE, 'GET'],
    [`${CERTIFICATE}/download`, 'POST'],
    [`${CERTIFICATE}/generate`, 'POST'],
    [`${CERTIFICATE}/generate-and-download`, 'POST'],
    [`${CERTIFICATE}/upload`, 'POST'],
    [`${CERTIFICATE}/upload-certificate`, 'POST'],
    [`${CLIENT}/nodes`, 'POST'],
    [`${CLIENT}/nodes/{name}`, 'DELETE'],
    [`${CLIENT}/test-nodes-available`, 'GET'],
  ],
  'policies of clients': [
    ['/client-policies/profiles', 'PUT'],
    ['/client-policies/policies', 'PUT'],
    ['/client-registration-policy/providers', 'GET'],
    ['/client-types', ...READ_WRITE],
    ['/client-description-converter', 'POST'],
  ],
  'authentication flows': [
    [`${AUTHENTICATION}/authenticator-providers`, 'GET'],
    [`${AUTHENTICATION}/client-authenticator-providers`, 'GET'],
    [`${AUTHENTICATION}/form-action-providers`, 'GET'],
    [`${AUTHENTICATION}/form-providers`, 'GET'],
    [`${AUTHENTICATION}/per-client-config-description`, 'GET'],
    [`${AUTHENTICATION}/config-description/{providerId}`, 'GET'],
    [`${AUTHENTICATION}/config`, 'POST'],
    [`${AUTHENTICATION}/config/{id}`, ...READ_WRITE_DELETE],
    [`${AUTHENTICATION}/flows`, ...READ_CREATE],
    [FLOW, ...READ_WRITE_DELETE],
    [`${FLOW}/copy`, 'POST'],
    [`${FLOW}/executions`, 'GET', 'POST', 'PUT'],
    [`${FLOW}/executions/execution`, 'POST'],
    [`${FLOW}/executions/flow`, 'POST'],
    [`${AUTHENTICATION}/executions`, 'POST'],
    [EXECUTION, 'GET', 'DELETE'],
    [`${EXECUTION}/config`, 'POST'],
    [`${EXECUTION}/config/{other}`, 'GET'],
    [`${EXECUTION}/lower-priority`, 'POST'],
    [`${EXECUTION}/raise-priority`, 'POST'],
  ],
  'configuration of required actions': [
    [`${AUTHENTICATION}/required-actions/{alias}/config`, ...READ_WRITE_DELETE],
    [`${AUTHENTICATION}/required-actions/{alias}/config-description`, 'GET'],
  ],
  'mappers and certificates of identity providers': [
    [`${PROVIDER}/export`, 'GET'],
    [`${PROVIDER}/mappers`, 'POST'],
    [`${PROVIDER}/mappers/{id}`, 'PUT', 'DELETE'],
    ['/identity-provider/upload-certificate', 'POST'],
  ],
  'components and user storage': [
    ['/components', ...READ_CREATE],
    ['/components/{id}', ...READ_WRITE_DELETE],
    ['/components/{id}/sub-component-types', 'GET'],
    [`${STORAGE}/name`, 'GET'],
    [`${STORAGE}/remove-imported-users`, 'POST'],
    [`${STORAGE}/sync`, 'POST'],
    [`${STORAGE}/unlink-users`, 'POST'],
    [`${STORAGE}/mappers/{other}/sync`, 'POST'],
    ['/testLDAPConnection', 'POST'],
    ['/ldap-server-capabilities', 'POST'],
  ],
  organizations: [
    ['/organizations', ...READ_CREATE],
    ['/organizations/count', 'GET'],
    ['/organizations/members/{id}/organizations', 'GET'],
    [ORGANIZATION, ...READ_WRITE_DELETE],
    [`${ORGANIZATION}/identity-providers`, ...READ_CREATE],
    [`${ORGANIZATION}/identity-providers/{alias}`, 'GET', 'DELETE'],
    [`${ORGANIZATION}/invitations`, 'GET'],
    [`${ORGANIZATION}/invitations/{other}`, 'GET', 'DELETE'],
    [`${ORGANIZATION}/invitations/{other}/resend`, 'POST'],
    [`${ORGANIZATION}/members`, ...READ_CREATE],
    [`${ORGANIZATION}/members/count`, 'GET'],
    [`${ORGANIZATION}/members/invite-existing-user`, 'POST'],
    [`${ORGANIZATION}/members/invite-user`, 'POST'],
    [`${ORGANIZATION}/members/{other}`, 'GET', 'DELETE'],
    [`${ORGANIZATION}/members/{other}/organizations`, 'GET'],
    [`${ORGANIZATION}/groups`, ...READ_CREATE],
    [`${ORGANIZATION}/groups/{other}`, ...READ_WRITE_DELETE],
    [`${ORGANIZATION}/groups/{other}/children`, ...READ_CREATE],
    [`${ORGANIZATION}/groups/{other}/members`, 'GET'],
    ['/groups/{id}/members/{other}', 'PUT', 'DELETE'],
    ['/members/{id}/groups', 'GET'],
  ],
  workflows: [
    ['/workflows', ...READ_CREATE],
    ['/workflows/scheduled/{id}', 'GET'],
    ['/workflows/{id}', ...READ_WRITE_DELETE],
  ],
  'verifiable credentials, and types of credentials': [
    [VERIFIABLE, ...READ_CREATE],
    [`${VERIFIABLE}/{name}`, 'PUT', 'DELETE'],
    [`${VERIFIABLE}/send-credential-offer`, 'PUT'],
    ['/users/{id}/vc/issued-credentials', 'GET'],
    ['/users/{id}/vc/issued-credentials/{other}', 'DELETE'],
    ['/users/{id}/disable-credential-types', 'PUT'],
    ['/credential-registrators', 'GET'],
  ],
};

const toRow = (base: string, subject: string, path: string, method: Method): Route =>
  refusedRow({
    method,
    path,
    spec: SPEC,
    summary: `Not served: ${subject}`,
    callers: { bearer: {} },
    tags: { call: `${method} ${base}${path}` },
  });

/** Rows that are refused: docs/dialects/kobil.md, section 4.21. */
export const REFUSED_ROUTES: readonly Route[] = Object.entries(SUBJECTS).flatMap(([subject, paths]) =>
  paths.flatMap(([path, ...methods]) => methods.map((method) => toRow('/admin/realms/{realm}', subject, path, method))),
);

const CLIENTS_2 = '/clients/v2';

/** The same, below `/admin/api/{realm}`. */
export const REFUSED_API_ROUTES: readonly Route[] = EVERY.flatMap((method) =>
  [CLIENTS_2, `${CLIENTS_2}/{path*}`].map((path) => toRow('/admin/api/{realm}', 'clients, version 2', path, method)),
);

/** The same, below `/resources/{realm}`. */
export const REFUSED_RESOURCE_ROUTES: readonly Route[] = [
  toRow('/resources/{realm}', 'texts of pages', '/{type}/{locale}', 'GET'),
];
