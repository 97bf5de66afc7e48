import { beforeAll, describe, expect, it } from 'vitest';
import { findStatementName } from '../../../../src/persistence/named-statements.ts';
import { authorizingOfSuite, paramsOf } from '../../../support/authorization.ts';
import type { CookieJar } from '../../../support/cookie-jar.ts';
import { openTestDatabase } from '../../../support/database.ts';
import type { TestClient } from '../../../support/oauth.ts';

describe('the statements of an authorization request with nothing to ask', () => {
  let statements: string[] = [];
  const suite = authorizingOfSuite(() => openTestDatabase((statement) => statements.push(statement)));
  let jar: CookieJar;
  let asking: TestClient;
  beforeAll(async () => {
    asking = await suite.newClient();
    const signedIn = await suite.signedIn();
    jar = signedIn.jar;
    const client = { id: asking.uuid, clientId: asking.clientId };
    await suite.world.consent(suite.tenant, signedIn.user.id, client, ['openid', 'email']);
  });

  const during = async (client = suite.client): Promise<string[]> => {
    await suite.begin(jar, { scope: 'openid email' }, { client });
    statements = [];
    expect(paramsOf(await suite.begin(jar, { scope: 'openid email' }, { client }))).toHaveProperty('code');
    return statements.filter((statement) => /^\s*(with|select|insert|update|delete|begin|commit)/i.test(statement));
  };
  const tablesOf = (done: readonly string[]) =>
    done.map((statement) => /(?:from|into|update) (\w+)/i.exec(statement)?.[1] ?? statement);

  it('are three: the session, the consent and the code', async () => {
    expect(tablesOf(await during(asking))).toEqual(['sessions', 'consents', 'one_time_codes']);
  });

  it('are two where the operator trusts the application', async () => {
    expect(tablesOf(await during())).toEqual(['sessions', 'one_time_codes']);
  });

  it('are named, so that they are prepared once', async () => {
    for (const statement of await during(asking)) expect(findStatementName(statement)).toBeDefined();
  });
});
