import 'reflect-metadata';
import { apiKeys } from './api-keys/module.ts';
import { authModes } from './auth-modes/module.ts';
import { clients } from './clients/module.ts';
import { consents } from './consents/module.ts';
import { devices } from './devices/module.ts';
import { events } from './events/module.ts';
import { federation } from './federation/module.ts';
import { groups } from './groups/module.ts';
import { imports } from './imports/module.ts';
import { kit } from './kit/module.ts';
import { registerNodes } from './kit/node.ts';
import type { SchemaModule } from './kit/schema-module.ts';
import { liveness } from './liveness/module.ts';
import { mails } from './mails/module.ts';
import { oauth } from './oauth/module.ts';
import { rights } from './rights/module.ts';
import { risk } from './risk/module.ts';
import { roles } from './roles/module.ts';
import { sessions } from './sessions/module.ts';
import { signIn } from './sign-in/module.ts';
import { tenants } from './tenants/module.ts';
import { users } from './users/module.ts';

/** Every module of the graph, by its name; each comes after those whose types it uses. */
const MODULES_BY_NAME = {
  kit,
  tenants,
  users,
  clients,
  sessions,
  devices,
  consents,
  authModes,
  events,
  groups,
  roles,
  federation,
  rights,
  risk,
  apiKeys,
  liveness,
  imports,
  mails,
  signIn,
  oauth,
} satisfies Readonly<Record<string, SchemaModule>>;

export const MODULES: readonly SchemaModule[] = Object.values(MODULES_BY_NAME);

// Once per process, before anything reads or writes a global id.
registerNodes(MODULES.flatMap(({ nodes = [] }) => nodes));
