import { access } from './access/module.ts';
import { apiKeys } from './api-keys/module.ts';
import { authModes } from './auth-modes/module.ts';
import { clients } from './clients/module.ts';
import {
  type AllServices,
  type Composition,
  composeModules,
  gatherEntities,
  gatherErrors,
  gatherEvents,
  gatherForeignKeys,
  gatherIndexes,
  type InOrder,
  type ModuleBase,
} from './composition/index.ts';
import { consents } from './consents/module.ts';
import type { MasterKey, PasswordCost } from './crypto/index.ts';
import { crypto } from './crypto/module.ts';
import type { Transports } from './delivery/index.ts';
import { delivery } from './delivery/module.ts';
import { type ChangeFeed, type CommittedListener, EventCatalogue, type EventReader } from './events/index.ts';
import { events } from './events/module.ts';
import { federation } from './federation/module.ts';
import { endAccess } from './flows/end-access/module.ts';
import { imageProof } from './flows/image-proof/module.ts';
import { interaction } from './flows/interaction/module.ts';
import { linkAccount } from './flows/link-account/module.ts';
import { flows } from './flows/module.ts';
import { passkey } from './flows/passkey/module.ts';
import { imports } from './imports/module.ts';
import type { PrivateHosts } from './kernel/index.ts';
import { kernel } from './kernel/module.ts';
import { liveness } from './liveness/module.ts';
import { grants } from './oauth/grants/module.ts';
import type { IssuerMount } from './oauth/index.ts';
import { oauth } from './oauth/module.ts';
import { registration } from './oauth/registration/module.ts';
import type { SqlOnly } from './persistence/index.ts';
import { rights } from './rights/module.ts';
import { risk } from './risk/module.ts';
import { groups } from './roles/groups/module.ts';
import { roles } from './roles/module.ts';
import { sessions } from './sessions/module.ts';
import { tenants } from './tenants/module.ts';
import { users } from './users/module.ts';

/** What the modules are created from, beside what they make for each other. */
export interface ServiceBase extends ModuleBase {
  readonly masterKey: MasterKey;
  /** Public origin of the service, without a path: the base of every issuer. */
  readonly publicUrl: string;
  /** Name of the tenant for requests that name none. */
  readonly defaultTenant: string;
  /** Whether federation providers on this machine may be called over plain http, and mail servers on it at all. */
  readonly allowLoopbackHttp: boolean;
  /** What of the operator's network the addresses that tenants name may lead to; with `allowLoopbackHttp`, this machine too. */
  readonly privateHosts: PrivateHosts;
  /** How long to wait for an answer of an external provider, in milliseconds. Undefined: 5 s. */
  readonly providerTimeoutMs: number | undefined;
  /** Cost of the hashes of passwords. Undefined: that of `PasswordHasher`. */
  readonly passwordCost: PasswordCost | undefined;
  /** Transports of mails and text messages. */
  readonly transports: Transports;
  /** Called with faults of the background loops, which then try again. */
  readonly onError: (error: unknown) => void;
  /** Issuers beside the native one. */
  readonly issuers: readonly IssuerMount[];
  /** Issuers of services that may ask for a second factor, with `{tid}` in place of the id of a directory. */
  readonly factorAuthorities: readonly string[];
  /** Reads events of the past. */
  readonly eventReader: EventReader;
  /** Tells whether this node has read all recent events. */
  readonly changeFeed: ChangeFeed;
}

/** Every module of the service, in the order in which they are created. */
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
  endAccess,
  authModes,
  federation,
  rights,
  risk,
  apiKeys,
  liveness,
  flows,
  imageProof,
  passkey,
  interaction,
  linkAccount,
  imports,
  oauth,
  registration,
] as const;
// Each module gets what it needs, and no name is taken twice; else the error says which module is wrong, and how.
true satisfies InOrder<typeof MODULES, ServiceBase>;

/** The services of all modules, by name. */
export type ModuleServices = AllServices<typeof MODULES>;

/** Creates all modules. @param listen Registers a cache for the committed events of all nodes. */
export const createModules = (
  base: ServiceBase,
  listen: (cache: CommittedListener) => void,
): Composition<typeof MODULES> => composeModules(MODULES, base, listen);

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
