import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse, print } from 'graphql';
import { afterAll, describe, expect, it } from 'vitest';
import * as blitz from '../../rest-compat/blitz/operations.generated.ts';
import type { OperationDocument } from '../../rest-compat/engine/index.ts';
import * as keycloakAdmin from '../../rest-compat/keycloak-admin/operations.generated.ts';
import * as kobil from '../../rest-compat/kobil/operations.generated.ts';
import * as oidc from '../../rest-compat/oidc/operations.generated.ts';
import * as realms from '../../rest-compat/realms/operations.generated.ts';
// @ts-expect-error Plain JavaScript, which is not part of the build.
import { emitOperations } from '../../scripts/emit-operations.mjs';

const ROOT = join(import.meta.dirname, '../..');
const DIALECTS: [string, Readonly<Record<string, OperationDocument>>][] = [
  ['blitz', blitz],
  ['keycloak-admin', keycloakAdmin],
  ['kobil', kobil],
  ['oidc', oidc],
  ['realms', realms],
];

const SHARED_FOLDERS = ['oidc', 'realms'].map((name) => join(ROOT, 'rest-compat', name, 'operations'));

describe.each(DIALECTS)('the documents of %s as typed values', (name, values) => {
  const folder = join(ROOT, 'rest-compat', name, 'operations');
  const files = readdirSync(folder);
  const read = (file: string): string => print(parse(readFileSync(join(folder, file), 'utf8')));
  const isFragment = (file: string): boolean => file.endsWith('.fragment.graphql');
  const fragments = files.filter(isFragment).map(read);
  /** Those that every folder may spread. */
  const shared = SHARED_FOLDERS.flatMap((shares) =>
    readdirSync(shares)
      .filter(isFragment)
      .map((file) => print(parse(readFileSync(join(shares, file), 'utf8')))),
  );

  it('are one for each document, with its text and the SHA-256 of it', () => {
    const texts = Object.values(values).map(({ text }) => print(parse(text).definitions[0]!));
    expect(texts.sort()).toEqual(
      files
        .filter((file) => !isFragment(file))
        .map(read)
        .sort(),
    );
    for (const [key, value] of Object.entries(values)) {
      expect(value.name).toBe(key);
      expect(value.text).toMatch(new RegExp(`^(query|mutation) ${key}\\(`));
      expect(value.hash).toBe(createHash('sha256').update(value.text).digest('hex'));
    }
  });

  it('carry each fragment that they spread, once and as its file has it, and no other', () => {
    const used = Object.values(values).map(({ text }) => {
      const [, ...carried] = parse(text).definitions.map((definition) => print(definition));
      const spread = new Set([...text.matchAll(/\.\.\.([A-Z]\w*)/g)].map(([, spreads]) => spreads!));
      const expected = [...new Set([...fragments, ...shared])].filter((fragment) =>
        spread.has(/^fragment (\w+)/.exec(fragment)![1]!),
      );
      expect(carried.sort()).toEqual(expected.sort());
      return carried;
    });
    const own = [...new Set(used.flat())].filter((fragment) => fragments.includes(fragment));
    expect(own.sort()).toEqual(fragments.sort());
  });

  it('are written as the generator writes them', async () => {
    const file = join(ROOT, 'rest-compat', name, 'operations.generated.ts');
    expect(await emitOperations(`rest-compat/${name}/operations`)).toBe(readFileSync(file, 'utf8'));
  });
});

describe('the generator of typed operations', () => {
  const folder = mkdtempSync(join(ROOT, 'test/rest-compat/.operations-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const emit = (document: string): Promise<string> => {
    writeFileSync(join(folder, 'one.graphql'), document);
    return emitOperations(relative(ROOT, folder));
  };

  it('refuses a document that requests an unknown field', async () => {
    const document = 'query One($tenant: String!) { authModes(tenant: $tenant, userId: "a") { methodLocked } }';
    await expect(emit(document)).rejects.toThrow(
      'one.graphql: Cannot query field "methodLocked" on type "AuthModes". Did you mean "methodsLocked"?',
    );
  });

  it('refuses a document without a named operation, or with more than one', async () => {
    for (const document of ['{ __typename }', 'query A { __typename } query B { __typename }'])
      await expect(emit(document)).rejects.toThrow('one.graphql: It has to hold one operation with a name.');
  });

  it('types root fields as non-null, because the engine answers NOT_FOUND when one is null', async () => {
    const text = await emit(
      'query One($tenant: String!) { authModes(tenant: $tenant, userId: "a") { requiredFactor } }',
    );
    expect(text).toContain('{ readonly authModes: { readonly requiredFactor: number | null } };');
    expect(text).toContain('OneVariables = { tenant: string; };');
  });

  it('collects the codes that fields declare, each once, as a type and as a value', async () => {
    const text = await emit(
      `mutation One($tenant: String!) { deleteGroup(input: { tenant: $tenant }) { deletedGroupId } again: deleteGroup(input: { tenant: $tenant }) { deletedGroupId } }`,
    );
    expect(text).toContain("OneErrors = 'GROUP_KEY_AMBIGUOUS' | 'ACCOUNT_GUARDED' | 'ADMINISTRATOR_LAST';");
    expect(text).toContain("errors: ['GROUP_KEY_AMBIGUOUS', 'ACCOUNT_GUARDED', 'ADMINISTRATOR_LAST'] };");
    const none = await emit('query One($tenant: String!) { tenant(tenant: $tenant) { name } }');
    expect(none).toContain('OneErrors = never;');
    expect(none).toContain('errors: [] };');
  });
});
