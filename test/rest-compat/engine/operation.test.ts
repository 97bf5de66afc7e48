import { parse } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import * as blitz from '../../../rest-compat/blitz/operations.generated.ts';
import type { OperationDocument } from '../../../rest-compat/engine/index.ts';
import { compileRun } from '../../../rest-compat/engine/operation.ts';
import * as keycloakAdmin from '../../../rest-compat/keycloak-admin/operations.generated.ts';
import * as kobil from '../../../rest-compat/kobil/operations.generated.ts';
import * as oidc from '../../../rest-compat/oidc/operations.generated.ts';
import * as realms from '../../../rest-compat/realms/operations.generated.ts';
import * as secretsVault from '../../../rest-compat/secrets-vault/operations.generated.ts';
import { buildPlainSchema } from '../../../schema/build.ts';

describe('documents, which are compiled at their first run', () => {
  let schema: Awaited<ReturnType<typeof buildPlainSchema>>;
  beforeAll(async () => {
    schema = await buildPlainSchema();
  });

  it.each(
    Object.entries({ blitz, 'keycloak-admin': keycloakAdmin, kobil, oidc, realms, 'secrets-vault': secretsVault }),
  )('of %s can all be compiled', (_dialect, documents: Readonly<Record<string, OperationDocument>>) => {
    for (const { name, text } of Object.values(documents)) {
      expect(compileRun(schema, parse(text), name), name).toBeTypeOf('function');
    }
  });
});
