import { z } from 'zod';
import { ENGINE_CODES, type EngineCode } from '../../../rest-compat/engine/codes.ts';
import {
  AS_ITS_KIND,
  type CallerAuthenticator,
  type Dialect,
  type ErrorLine,
  type ErrorTable,
  type LegacyError,
  openApiOf,
  type Route,
  route,
} from '../../../rest-compat/engine/index.ts';
import type { Caller } from '../../../src/access/index.ts';
import { type ErrorKind, kernelErrors } from '../../../src/kernel/index.ts';
import { RenameTenant, ShowTenant } from './operations.generated.ts';

const row = (status: number, error: string): LegacyError => ({ status, envelope: 'plain', error });

const KINDS: Readonly<Record<ErrorKind, LegacyError>> = {
  invalid: row(400, 'invalid'),
  unauthenticated: row(401, 'unauthenticated'),
  forbidden: row(403, 'forbidden'),
  'not-found': row(404, 'absent'),
  conflict: row(409, 'conflict'),
  refused: row(422, 'refused'),
  throttled: row(429, 'throttled'),
  'too-large': row(413, 'large'),
  unavailable: row(503, 'away'),
  internal: row(500, 'broken'),
};

export const SHOW_TENANT = route({
  method: 'GET',
  path: '/tenants/{id}/self',
  spec: 'Tiny 1',
  summary: 'Shows the tenant.',
  callers: { bearer: { app: ['tenant:read'] } },
  operation: ShowTenant,
  input: {
    params: z.object({ id: z.string().regex(/^[a-z/ ]+$/) }),
    query: z.object({ limit: z.string().optional() }),
  },
  reply: {
    status: 200,
    schema: z.object({ title: z.string(), isOn: z.boolean() }),
    from: ({ tenant }) => ({
      title: tenant.name,
      isOn: tenant.isEnabled,
      secret: 'never declared',
    }),
  },
});

export const RENAME_TENANT = route({
  method: 'POST',
  path: '/tenants/self',
  spec: 'Tiny 2',
  summary: 'Renames the tenant.',
  callers: { bearer: { app: ['tenant:write'], user: ['tenant:write'] } },
  operation: RenameTenant,
  input: {
    headers: z.object({ 'x-forwarded-for': z.string().optional() }),
    body: z.object({ title: z.string().nullable().optional(), isOn: z.boolean().optional() }),
  },
  toVariables: ({ body }) => ({
    ...('title' in body ? { displayName: body.title } : {}),
    ...('isOn' in body ? { enabled: body.isOn } : {}),
  }),
  reply: { status: 204 },
  errors: { TENANT_PROTECTED: row(409, 'protected') },
});

/** A dialect of two rows over the tenants. */
export function tinyDialect(
  over: Partial<Dialect> = {},
  routes: readonly Route[] = [SHOW_TENANT, RENAME_TENANT],
): Dialect {
  return {
    name: 'tiny',
    title: 'Tiny',
    description: 'A dialect for tests.',
    mounts: [
      { prefix: '/t/{tenant}/tiny', routes },
      { prefix: '/tiny', routes },
      { prefix: '/t/{tenant}', routes: [] },
    ],
    chapters: [{ name: 'Tenants', description: 'About tenants.', routes }],
    samples: { parameters: { id: 'a/b' }, operations: { ShowTenant: { reply: { title: 'acme', isOn: true } } } },
    api: 'rest',
    endUserAddress: 'required',
    errors: {
      codes: CODES,
      kinds: KINDS,
      envelopes: {
        plain: {
          schema: z.object({ error: z.string(), text: z.string(), items: z.array(z.object({ pos: z.string() })) }),
          body: ({ legacy, text, items }) => ({ error: legacy.error, text, items }),
        },
        none: { body: () => null },
      },
      fieldError: 'bad',
      challenge: (reason) => `Tiny reason="${reason}"`,
    },
    ...over,
  };
}

export const CODES: ErrorTable = {
  ...(Object.fromEntries([...ENGINE_CODES].map((code) => [code, AS_ITS_KIND])) as Record<EngineCode, ErrorLine>),
  METHOD_NOT_ALLOWED: { status: 405, envelope: 'none', error: '' },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, envelope: 'none', error: '' },
  BODY_MALFORMED: row(400, 'no_json'),
  SCOPE_MISSING: row(403, 'scope'),
  TENANT_CONFLICT: row(400, 'conflict-of-tenants'),
};

/** Knows callers by their bearer tokens, and no client. */
export function authenticatorOf(callers: ReadonlyMap<string, Caller>): CallerAuthenticator {
  const refuse = (): never => {
    throw kernelErrors.UNAUTHENTICATED();
  };
  return {
    bearer: (token, _tenant, origin) => ({ ...(callers.get(token) ?? refuse()), origin }),
    apiKey: refuse,
    client: refuse,
  };
}

/** The API description of a dialect. */
// biome-ignore lint/suspicious/noExplicitAny: the description is JSON
export const descriptionOf = (dialect: Dialect): any =>
  openApiOf(dialect, { publicUrl: 'https://id.example.com', defaultTenant: 'master' });

/** The paths in the API description of a dialect of rows. */
export const describedPaths = (routes: readonly Route[]) => descriptionOf(tinyDialect({}, routes)).paths;
