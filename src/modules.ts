import { access } from './access/module.ts';
import { authModes } from './auth-modes/module.ts';
import { clients } from './clients/module.ts';
import { gatherEntities, gatherErrors, gatherEvents, gatherForeignKeys, gatherIndexes } from './composition/index.ts';
import { consents } from './consents/module.ts';
import { crypto } from './crypto/module.ts';
import { delivery } from './delivery/module.ts';
import { EventCatalogue } from './events/index.ts';
import { events } from './events/module.ts';
import { federation } from './federation/module.ts';
import { linkAccount } from './flows/link-account/module.ts';
import { flows } from './flows/module.ts';
import { kernel } from './kernel/module.ts';
import { grants } from './oauth/grants/module.ts';
import { oauth } from './oauth/module.ts';
import type { SqlOnly } from './persistence/index.ts';
import { rights } from './rights/module.ts';
import { risk } from './risk/module.ts';
import { groups } from './roles/groups/module.ts';
import { roles } from './roles/module.ts';
import { sessions } from './sessions/module.ts';
import { tenants } from './tenants/module.ts';
import { users } from './users/module.ts';

/** Every module of the service. */
const MODULES = [
  kernel,
  crypto,
  events,
  access,
  tenants,
  delivery,
  roles,
  users,
  clients,
  groups,
  grants,
  sessions,
  consents,
  authModes,
  federation,
  rights,
  risk,
  linkAccount,
  flows,
  oauth,
] as const;

/** Every table the ORM knows. The event log, the leases and the facts of the cluster are SQL alone. */
export const ENTITIES = gatherEntities(MODULES);

/** Foreign keys and indexes that the ORM does not know. */
export const SQL_ONLY: SqlOnly = { foreignKeys: gatherForeignKeys(MODULES), indexes: gatherIndexes(MODULES) };

/** Every error table of `src/`. */
export const ERROR_TABLES = gatherErrors(MODULES);

/** Every type of event by name. */
export const EVENT_TYPES = gatherEvents(MODULES);

/** The same for the readers of events. */
export const EVENT_CATALOGUE = new EventCatalogue([EVENT_TYPES]);

/** The name of an event type. */
export type EventName = keyof typeof EVENT_TYPES;
