import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PATCH_SCHEMA } from '../../rest-compat/secrets-vault/scim/patch.ts';
import { USER_KIND } from '../../rest-compat/secrets-vault/scim/user-schema.ts';
import type { TenantRef } from '../../src/kernel/index.ts';
import { type Answer, type RestClient, serveWorld } from '../support/rest.ts';
import { World } from '../support/world.ts';

/** A user, as far as an API shows it. */
interface Person {
  readonly username: string;
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly isEnabled: boolean;
}

/** One user in one API. */
interface Api {
  readonly name: string;
  /** What it shows; null: there is no such user. */
  readonly read: () => Promise<Partial<Person> | null>;
  /** Changes members that it shows, and leaves the others. */
  readonly change: (values: Partial<Person>) => Promise<number>;
}

const NATIVE = ['read', 'create', 'write', 'delete'].map((verb) => `user:${verb}`);
/** What answers show beside the user. */
const SHOWN = ['group:read', 'role:read', 'role-grant:read', 'block:read', 'credential:read'];
const BLITZ = ['blitz_api_sys_users', 'blitz_api_sys_users_chg'];
const READ = 'query ($id: ID!) { user(userId: $id) { username email givenName familyName isEnabled } }';
const WRITE = 'mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { subject } } }';

describe('a user who was made over SCIM', () => {
  let world: World;
  let rest: RestClient;
  let acme: TenantRef;
  let id: string;
  let native: string;
  let blitz: string;
  let apis: readonly Api[];
  const person: Person = {
    username: 'ada',
    email: 'ada@example.org',
    givenName: 'Ada',
    familyName: 'Lovelace',
    isEnabled: true,
  };

  const ask = (method: string, path: string, body?: object, token = native): Promise<Answer> =>
    rest.ask(method, path, { token, ...(body === undefined ? {} : { body }) });
  const status = async (...request: Parameters<typeof ask>): Promise<number> => (await ask(...request)).status;
  /** What an answer shows; null: it is 404. */
  async function shown(path: string, show: (json: Answer['json']) => Partial<Person>, token = native) {
    const answer = await ask('GET', path, undefined, token);
    expect([path, [200, 404].includes(answer.status), answer.text]).toEqual([path, true, answer.text]);
    return answer.status === 404 ? null : show(answer.json);
  }

  beforeAll(async () => {
    world = await World.open();
    await world.tenant({ name: 'master' });
    acme = await world.tenant({ name: 'acme' });
    rest = await serveWorld(world);
    [native, blitz] = [await tokenOf([...NATIVE, ...SHOWN]), await tokenOf(BLITZ)];
    const body = {
      schemas: [USER_KIND.schema],
      userName: person.username,
      name: { givenName: person.givenName, familyName: person.familyName },
      emails: [{ value: person.email, primary: true }],
    };
    const made = await ask('POST', '/scim/v2/acme/Users', body);
    expect(made.status).toBe(201);
    ({ id } = made.json);
    apis = makeApis();
  });
  afterAll(async () => {
    expect(rest.faults).toEqual([]);
    await rest.close();
    await world.close();
  });

  /** A token of an application, as the token endpoint issues it. */
  async function tokenOf(scopes: readonly string[]): Promise<string> {
    const { client, secret } = await world.newClient(acme, {
      grantTypes: ['client_credentials'],
      permissions: [...NATIVE, ...SHOWN],
      scopes: BLITZ.map((name) => ({ name, isDefault: false })),
    });
    const body = new URLSearchParams({ grant_type: 'client_credentials', scope: scopes.join(' ') }).toString();
    const headers = {
      authorization: `Basic ${Buffer.from(`${client.clientId}:${secret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    };
    const { json } = await rest.ask('POST', '/t/acme/oauth/token', { headers, body });
    return json.access_token;
  }

  function makeApis(): readonly Api[] {
    const at = {
      scim: `/scim/v2/acme/Users/${id}`,
      vault: `/api/users/acme/${id}`,
      kobil: `/realms/acme/v3_user/${id}`,
      keycloak: `/admin/realms/acme/users/${id}`,
      blitz: `/t/acme/blitz/api/v3/users/${id}`,
    };
    const caller = world.app(acme, 'user:read', 'user:write');
    /** As the APIs with a display of Java's names have it. */
    const showRepresentation = ({ username, email, firstName, lastName, enabled }: Answer['json']): Person => ({
      username,
      email,
      givenName: firstName,
      familyName: lastName,
      isEnabled: enabled,
    });
    return [
      {
        name: 'GraphQL',
        read: async () => (await world.graphql(caller, READ, { id })).data.user,
        change: async ({ isEnabled: _, ...values }) => {
          const { errors } = await world.graphql(caller, WRITE, { input: { userId: id, ...values } });
          return errors.length === 0 ? 200 : 400;
        },
      },
      {
        name: 'SCIM',
        read: () =>
          shown(at.scim, ({ userName, name, emails, active }) => ({
            username: userName,
            email: emails[0].value,
            givenName: name.givenName,
            familyName: name.familyName,
            isEnabled: active,
          })),
        change: ({ email, givenName, familyName, isEnabled }) => {
          const value = {
            'emails[primary eq true].value': email,
            'name.givenName': givenName,
            'name.familyName': familyName,
            active: isEnabled,
          };
          const operations = Object.entries(value).filter(([, one]) => one !== undefined);
          const Operations = operations.map(([path, one]) => ({ op: 'replace', path, value: one }));
          return status('PATCH', at.scim, { schemas: [PATCH_SCHEMA], Operations });
        },
      },
      {
        name: 'Secrets Vault',
        read: () =>
          shown(at.vault, ({ username, email, is_disabled }) => ({ username, email, isEnabled: !is_disabled })),
        change: async ({ email, isEnabled }) => {
          const before = (await ask('GET', at.vault)).json;
          const after = { email: email ?? before.email, is_disabled: !(isEnabled ?? !before.is_disabled) };
          return status('PUT', at.vault, { ...before, ...after, roles: null });
        },
      },
      {
        name: 'KOBIL',
        read: () => shown(at.kobil, ({ data }) => showRepresentation(data)),
        change: ({ email, givenName, familyName, isEnabled }) =>
          status('PUT', `${at.kobil}/update`, {
            email,
            firstName: givenName,
            lastName: familyName,
            enabled: isEnabled,
          }),
      },
      {
        name: 'Keycloak Admin',
        read: () => shown(at.keycloak, showRepresentation),
        change: ({ email, givenName, familyName, isEnabled }) =>
          status('PUT', at.keycloak, { email, firstName: givenName, lastName: familyName, enabled: isEnabled }),
      },
      {
        name: 'Blitz',
        read: () =>
          shown(
            at.blitz,
            ({ login, email, given_name, family_name, locked }) => ({
              username: login,
              email: email.value,
              givenName: given_name,
              familyName: family_name,
              isEnabled: !locked,
            }),
            blitz,
          ),
        change: ({ email, givenName, familyName }) => {
          const body = { email: { value: email, verified: true }, given_name: givenName, family_name: familyName };
          return status('POST', at.blitz, body, blitz);
        },
      },
    ];
  }

  /** Each API shows the user as it is, as far as it shows such members. */
  async function expectEverywhere(expected: Person): Promise<void> {
    for (const { name, read } of apis) {
      const found = await read();
      expect([name, { ...expected, ...found }]).toEqual([name, expected]);
      expect(found).toMatchObject({ username: expected.username, email: expected.email });
    }
  }

  it('is the same user in each of the other APIs, which see what each of them changes, and that it is deleted', async () => {
    await expectEverywhere(person);
    let now = person;
    for (const [at, { name, change }] of apis.entries()) {
      const values = { email: `ada-${at}@example.org`, givenName: `Ada ${at}`, familyName: `Lovelace ${at}` };
      expect([name, [200, 204].includes(await change(values))]).toEqual([name, true]);
      const isShown = name !== 'Secrets Vault';
      now = { ...now, ...(isShown ? values : { email: values.email }) };
      await expectEverywhere(now);
    }
    for (const { name, change } of apis.filter((api) => !['GraphQL', 'Blitz'].includes(api.name)))
      for (const isEnabled of [false, true]) {
        expect([name, [200, 204].includes(await change({ isEnabled }))]).toEqual([name, true]);
        await expectEverywhere({ ...now, isEnabled });
      }
    const user = await world.stores.userStore.findByUsername(acme.id, person.username);
    expect(user!.id).toBe(id);
    const types = (await world.events(acme)).filter(({ subject_id }) => subject_id === id).map(({ type }) => type);
    expect(types.filter((type) => type === 'user.created')).toHaveLength(1);
    expect(types).toContain('user.updated');
    expect(await status('DELETE', `/t/acme/blitz/api/v3/users/${id}`, undefined, blitz)).toBe(204);
    for (const { name, read } of apis) expect([name, await read()]).toEqual([name, null]);
  });
});
