import 'reflect-metadata';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GrantTypeName } from '../../schema/clients/client.type.ts';
import { everyPermission } from '../../src/access/index.ts';
import { GRANT_TYPES, servedGrantTypes } from '../../src/clients/index.ts';
import { ISSUER_KINDS } from '../../src/oauth/issuers/issuers.ts';
import { offeredGrants } from '../../src/oauth/token-endpoint/grants.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** The permissions that fields of the graph require, by the emitted schema. */
function requiredByFields(): string[] {
  const sdl = readFileSync(join(ROOT, 'schema/schema.graphql'), 'utf8');
  const directives = [...sdl.matchAll(/@requiresScopes\(scopes: (\[\[.*?\]\])\)/gs)].map(([, scopes]) => scopes!);
  return directives.flatMap((scopes) => [...scopes.matchAll(/"([a-z-]+:[a-z]+)/g)].map(([, name]) => name!));
}

/** The permissions that services ask an authority for. */
function requiredByServices(): string[] {
  const files = globSync('src/*/**/*.service.ts', { cwd: ROOT }).concat(
    globSync(['src/flows/**/*.ts', 'src/oauth/endpoints/*.ts'], { cwd: ROOT }),
  );
  const texts = files.map((file) => readFileSync(join(ROOT, file), 'utf8'));
  return texts.flatMap((text) => [...text.matchAll(/permission: '([a-z-]+:[a-z]+)'/g)].map(([, name]) => name!));
}

describe('what roles and clients may be given', () => {
  it('is permissions that a field or a service demands, and no others', () => {
    const fields = requiredByFields();
    expect(new Set(fields).size).toBeGreaterThan(60);
    const demanded = new Set([...fields, ...requiredByServices()]);
    const idle = everyPermission('tenant').filter(({ permission }) => !demanded.has(permission));
    expect(idle.map(({ permission }) => permission)).toEqual([]);
  });

  it('is grant types that the token endpoint serves, each of them, by the same names in the graph', () => {
    const offered = Object.values(ISSUER_KINDS).flatMap((kind) => offeredGrants(kind));
    const served = new Set(offered.filter((grant) => grant.isOfEveryClient !== true).map(({ name }) => name));
    expect([...GRANT_TYPES].sort()).toEqual([...served].sort());
    expect(Object.values(GrantTypeName).sort()).toEqual([...GRANT_TYPES].sort());
  });

  it('leaves out grant types of a stored client that are not served', () => {
    expect(servedGrantTypes(['implicit', 'refresh_token', 'password'])).toEqual(['password', 'refresh_token']);
  });
});
