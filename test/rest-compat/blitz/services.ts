/** A service of the manual's tables (docs/dialects/blitz.md, sections 1.2 to 1.5). */
export interface Service {
  readonly number: number;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** The paths, without the host; several if the editions of the manual differ. */
  readonly paths: readonly string[];
  /** The scopes of user mode and of system mode; each alone is enough. */
  readonly user: readonly string[];
  readonly app: readonly string[];
  /** Whether the service accepts HTTP Basic. */
  readonly basic: boolean;
  readonly status: number;
  readonly body: 'json' | 'form' | null;
  /** Whether user mode sends the address and browser of the user. */
  readonly endUser: boolean;
}

type Row = readonly [
  number: number,
  method: Service['method'],
  paths: string,
  user: string,
  app: string,
  status: number,
  marks?: string,
];

/** Marks as in the manual: J and F for the body, U for the headers of user mode, B for Basic. */
const ROWS: readonly Row[] = [
  [1, 'GET', '/blitz/api/v3/users/{subjectId}', 'blitz_api_user', 'blitz_api_sys_users', 200, 'U'],
  [2, 'POST', '/blitz/api/v3/users/{instanceId}', 'blitz_api_user_chg', 'blitz_api_sys_users_chg', 200, 'UJ'],
  [3, 'PUT', '/blitz/api/v3/users /blitz/reg/api/v3/users', '', 'blitz_api_sys_users_reg', 200, 'J'],
  [4, 'POST', '/blitz/reg/api/v3/users/{context}', '', 'blitz_api_sys_users_reg', 200, 'J'],
  [5, 'DELETE', '/blitz/api/v3/users/{instanceId}', 'blitz_api_user_chg', 'blitz_api_sys_users_chg', 204, 'U'],
  [6, 'GET', '/blitz/api/v3/users', '', 'blitz_api_sys_users', 200],
  [7, 'GET', '/blitz/api/v3/users/{subjectId}/props', 'blitz_api_user', 'blitz_api_sys_users', 200, 'U'],
  [8, 'POST', '/blitz/api/v3/users/{subjectId}/props', 'blitz_api_user', 'blitz_api_sys_users', 200, 'UJ'],
  [9, 'GET', '/blitz/api/v3/users/{subjectId}/auth', 'blitz_api_usec', 'blitz_api_sys_usec', 200, 'U'],
  [10, 'POST', '/blitz/api/v3/users/{subjectId}/auth', 'blitz_api_usec_chg', 'blitz_api_sys_usec_chg', 200, 'UJ'],
  [11, 'GET', '/blitz/api/v3/users/{subjectId}/state', 'blitz_api_usec', 'blitz_api_sys_usec', 200, 'U'],
  [12, 'POST', '/blitz/api/v3/users/{subjectId}/state', '', 'blitz_api_sys_usec_chg', 204, 'J'],
  [13, 'GET', '/blitz/api/v3/users/{subjectId}/totps', 'blitz_api_usec', 'blitz_api_sys_usec', 200, 'U'],
  [
    14,
    'GET',
    '/blitz/api/v3/users/{subjectId}/totps/attach/qr',
    'blitz_api_usec_chg',
    'blitz_api_sys_usec_chg',
    200,
    'U',
  ],
  [
    15,
    'POST',
    '/blitz/api/v3/users/{subjectId}/totps/attach/qr',
    'blitz_api_usec_chg',
    'blitz_api_sys_usec_chg',
    204,
    'UJ',
  ],
  [
    16,
    'DELETE',
    '/blitz/api/v3/users/{subjectId}/totps/{id}',
    'blitz_api_usec_chg',
    'blitz_api_sys_usec_chg',
    204,
    'U',
  ],
  [17, 'GET', '/blitz/api/v3/users/{subjectId}/acls', 'blitz_api_usec', 'blitz_api_sys_usec', 200, 'U'],
  [18, 'DELETE', '/blitz/api/v3/users/{subjectId}/acls/{id}', 'blitz_api_usec_chg', 'blitz_api_sys_usec_chg', 204, 'U'],
  [19, 'GET', '/blitz/api/v3/users/{subjectId}/secQsn', 'blitz_api_usec', 'blitz_api_sys_usec', 200, 'U'],
  [20, 'POST', '/blitz/api/v3/users/{subjectId}/secQsn/check', 'blitz_api_usec', 'blitz_api_sys_usec', 204, 'UJ'],
  [21, 'POST', '/blitz/api/v3/users/{subjectId}/secQsn', 'blitz_api_usec_chg', 'blitz_api_sys_usec_chg', 204, 'UJ'],
  [22, 'DELETE', '/blitz/api/v3/users/{subjectId}/secQsn', 'blitz_api_usec_chg', 'blitz_api_sys_usec_chg', 204, 'U'],
  [23, 'POST', '/blitz/api/v3/users/{instanceId}/pswd', 'blitz_api_usec_chg', 'blitz_api_sys_usec_chg', 204, 'UJ'],
  [
    24,
    'POST',
    '/blitz/api/v3/users/{instanceId}/sessions/reset',
    'blitz_api_usec_chg',
    'blitz_api_sys_usec_chg',
    204,
    'U',
  ],
  [25, 'GET', '/blitz/api/v3/users/{subjectId}/apps', 'blitz_api_uapps', 'blitz_api_sys_uapps', 200, 'U'],
  [
    26,
    'DELETE',
    '/blitz/api/v3/users/{subjectId}/apps/{id}',
    'blitz_api_uapps_chg',
    'blitz_api_sys_uapps_chg',
    204,
    'U',
  ],
  [27, 'GET', '/blitz/api/v3/users/{subjectId}/uas', 'blitz_api_uapps', 'blitz_api_sys_uapps', 200, 'U'],
  [
    28,
    'DELETE',
    '/blitz/api/v3/users/{subjectId}/uas/{id}',
    'blitz_api_uapps_chg',
    'blitz_api_sys_uapps_chg',
    204,
    'U',
  ],
  [29, 'GET', '/blitz/api/v3/users/{subjectId}/audit', 'blitz_api_uaud', 'blitz_api_sys_uaud', 200, 'U'],
  [30, 'GET', '/blitz/api/v3/users/{subjectId}/fa', 'blitz_api_ufa', 'blitz_api_sys_ufa', 200, 'U'],
  [
    31,
    'POST',
    '/blitz/api/v3/users/{subjectId}/fa/{fpType}/{fpName}/{sid}',
    'blitz_api_ufa_chg',
    'blitz_api_sys_ufa_chg',
    204,
    'UJ',
  ],
  [
    32,
    'DELETE',
    '/blitz/api/v3/users/{subjectId}/fa/{fpType}/{fpName}/{sid}',
    'blitz_api_ufa_chg',
    'blitz_api_sys_ufa_chg',
    204,
    'U',
  ],
  [33, 'GET', '/blitz/api/v3/users/{subjectId}/fedToken/{fedPointType}/{fedPointName}', '', 'fed_token_any', 200],
  [34, 'GET', '/blitz/api/v3/auth/qr/{QR_code}', 'blitz_qr_auth', '', 200, 'U'],
  [35, 'POST', '/blitz/api/v3/auth/qr/{QR_code}/confirm', 'blitz_qr_auth', '', 204, 'U'],
  [36, 'POST', '/blitz/api/v3/auth/qr/{QR_code}/refuse', 'blitz_qr_auth', '', 204, 'U'],
  [
    37,
    'GET',
    '/blitz/api/v3/rights/of/{subjectId}',
    'blitz_user_rights blitz_api_user_rights',
    'blitz_rights_full_access',
    200,
    'U',
  ],
  [38, 'GET', '/blitz/api/v3/rights/of/its/{app_id}', '', 'blitz_rights_full_access', 200],
  [39, 'GET', '/blitz/api/v3/rights/on/{subjectId}', '', 'blitz_rights_full_access', 200],
  [40, 'GET', '/blitz/api/v3/rights/on/grps/{grp_id}', '', 'blitz_rights_full_access', 200],
  [41, 'GET', '/blitz/api/v3/rights/on/its/{app_id}', '', 'blitz_rights_full_access', 200],
  [42, 'PUT', '/blitz/api/v3/rights', '', 'blitz_rights_full_access', 204, 'J'],
  [43, 'DELETE', '/blitz/api/v3/rights', '', 'blitz_rights_full_access', 204, 'J'],
  [44, 'POST', '/blitz/api/v2/users/current/fa/bind', 'blitz_api_ufa_chg', '', 200, 'JB'],
  [45, 'GET', '/blitz/api/users/current/fps/bind/cb/{type}/{name}', '', '', 302],
  [
    46,
    'DELETE',
    '/blitz/api/v2/users/{subjectId}/fa/{fpType}/{fpName}/{sid}',
    'blitz_api_ufa_chg',
    'blitz_api_sys_ufa_chg',
    204,
    'UB',
  ],
  [47, 'POST', '/blitz/api/v2/users/{subjectId}/password', 'blitz_change_password', '', 204, 'UJ'],
  [
    48,
    'POST',
    '/blitz/api/v2/users/rights/change',
    'blitz_user_rights blitz_api_user_rights',
    'blitz_rm_rights',
    204,
    'J',
  ],
  [49, 'GET', '/blitz/api/v2/grps/{id}', '', 'blitz_groups', 200],
  [50, 'GET', '/blitz/api/v2/grps', '', 'blitz_groups', 200],
  [51, 'POST', '/blitz/api/v2/grps', '', 'blitz_groups', 200, 'J'],
  [52, 'POST', '/blitz/api/v2/grps/{id}', '', 'blitz_groups', 200, 'J'],
  [53, 'DELETE', '/blitz/api/v2/grps/{id}', '', 'blitz_groups', 204],
  [54, 'GET', '/blitz/api/v2/grps/{id}/members', '', 'blitz_groups', 200],
  [55, 'POST', '/blitz/api/v2/grps/{id}/members/add', '', 'blitz_groups', 204, 'J'],
  [56, 'POST', '/blitz/api/v2/grps/{id}/members/rm', '', 'blitz_groups', 204, 'J'],
  [57, 'DELETE', '/blitz/api/v2/users/{subjectId}', '', '', 204, 'B'],
  [60, 'GET', '/blitz/oauth/ae', '', '', 302],
  [61, 'POST', '/blitz/oauth/te', '', '', 200, 'FB'],
  [62, 'GET', '/blitz/oauth/me', '', '', 200],
  [63, 'POST', '/blitz/oauth/introspect', '', '', 200, 'FB'],
  [64, 'GET', '/blitz/oauth/logout /blitz/login/logout', '', '', 302],
  [65, 'GET', '/blitz/.well-known/openid-configuration', '', '', 200],
  [66, 'GET', '/blitz/oauth/.well-known/jwks', '', '', 200],
  [67, 'POST', '/blitz/oauth/register', '', '', 201, 'J'],
  [68, 'DELETE', '/blitz/oauth/register/{client_id}', '', '', 204],
  [69, 'POST', '/blitz/oauth/da', '', '', 200, 'FB'],
];

const words = (text: string): string[] => text.split(' ').filter(Boolean);

export const SERVICES: readonly Service[] = ROWS.map(([number, method, paths, user, app, status, marks = '']) => ({
  number,
  method,
  paths: words(paths),
  user: words(user),
  app: words(app),
  status,
  basic: marks.includes('B'),
  body: marks.includes('J') ? 'json' : marks.includes('F') ? 'form' : null,
  endUser: marks.includes('U'),
}));

/** Services that are not served yet, because they need a device or the registration of an app. */
export const NOT_SERVED: readonly number[] = [67, 68, 69];

/** The services that are served. */
export const SERVED: readonly Service[] = SERVICES.filter(({ number }) => !NOT_SERVED.includes(number));
