import type { BenchRow } from '../row.ts';
import { CODE_ROWS } from './code-flow.ts';
import { FAN_OUT_ROWS } from './fan-out.ts';
import { GROWTH_ROWS } from './growth.ts';
import { IDLE_ROWS } from './idle.ts';
import { IMAGE_ROWS } from './image-sign-in.ts';
import { IMPORT_ROWS } from './import.ts';
import { OAUTH_ROWS } from './oauth.ts';
import { REALM_ROWS } from './realm.ts';
import { SCIM_ROWS } from './scim.ts';
import { SEARCH_ROWS } from './search.ts';
import { START_ROWS } from './start.ts';
import { TENANT_ROWS } from './tenants.ts';
import { USER_ROWS } from './users.ts';
import { VAULT_ROWS } from './vault.ts';

/** The rows in the order in which they are measured: the log of events is filled last, and idle servers are stopped early. */
export const ROWS: readonly BenchRow[] = [
  START_ROWS.start,
  START_ROWS.startEmbedded,
  IDLE_ROWS.idle,
  OAUTH_ROWS.token,
  REALM_ROWS.realmToken,
  OAUTH_ROWS.introspect,
  OAUTH_ROWS.userinfo,
  OAUTH_ROWS.refresh,
  CODE_ROWS.codeFlow,
  CODE_ROWS.authorizePage,
  CODE_ROWS.passwordSignIn,
  OAUTH_ROWS.signInByPassword,
  IMAGE_ROWS.imageSignIn,
  USER_ROWS.userByRest,
  REALM_ROWS.adminUser,
  USER_ROWS.userByGraphql,
  USER_ROWS.userByApiKey,
  VAULT_ROWS.userByKey,
  USER_ROWS.usersWithSessions,
  USER_ROWS.refusedDocument,
  USER_ROWS.newDocument,
  USER_ROWS.authModesRead,
  USER_ROWS.authModesChanged,
  USER_ROWS.lastEvents,
  VAULT_ROWS.usersInBatch,
  GROWTH_ROWS.tokenWithSockets,
  FAN_OUT_ROWS.event1000,
  FAN_OUT_ROWS.deliveries1000,
  FAN_OUT_ROWS.event10000,
  FAN_OUT_ROWS.deliveries10000,
  GROWTH_ROWS.manyTenants,
  TENANT_ROWS.tokenOfTenants,
  TENANT_ROWS.userOfTenants,
  TENANT_ROWS.listOfTenants,
  TENANT_ROWS.startWithTenants,
  SEARCH_ROWS.usersInfix,
  SEARCH_ROWS.vaultUsers,
  SCIM_ROWS.scimFilter,
  IMPORT_ROWS.imported,
  GROWTH_ROWS.tokenEmbedded,
];
