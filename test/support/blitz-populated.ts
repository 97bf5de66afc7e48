import { openApiOf } from '../../rest-compat/engine/index.ts';
import type { DIALECTS } from '../../rest-compat/index.ts';
import { addSeconds } from '../../src/kernel/index.ts';
import type { User } from '../../src/users/index.ts';
import { DESCRIBED_AT } from './api-description.ts';
import type { AllPowerful, BlitzWorld } from './blitz.ts';
import type { DescribedOperation } from './openapi-requests.ts';
import { totpCode } from './totp.ts';

/** A row as its API description shows it. */
export interface DescribedRow {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly operation: DescribedOperation;
}

/** A description with the schemas in the places of the references to them. */
function withoutReferences(value: unknown, schemas: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutReferences(item, schemas));
  if (typeof value !== 'object' || value === null) return value;
  const { $ref, ...others } = value as Record<string, unknown>;
  const referred = typeof $ref === 'string' ? schemas[$ref.replace('#/components/schemas/', '')] : {};
  const members = Object.entries({ ...(referred as object), ...others });
  return Object.fromEntries(members.map(([name, member]) => [name, withoutReferences(member, schemas)]));
}

/** The rows of a dialect, each once. */
export function describedRows(dialect: (typeof DIALECTS)[number]): DescribedRow[] {
  const { paths, components } = openApiOf(dialect, DESCRIBED_AT) as {
    paths: unknown;
    components: { schemas: Readonly<Record<string, unknown>> };
  };
  const resolved = withoutReferences(paths, components.schemas);
  return Object.entries(resolved as Record<string, Record<string, DescribedOperation>>).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );
}

const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const PASSWORD = 'three-wombats-at-dawn';
/** The address to which the provider `vk:vk_1` redirects browsers. */
export const RETURN = 'https://id.example.com/blitz/api/users/current/fps/bind/cb/vk/vk_1';
const FILTERS = [
  'and(ge(ts,1),le(ts,99999999999999),limit(5))',
  'and(eq(family_name,string:Orlov),limit(5))',
  'limit(5)',
];

/** An account with one object of each kind. */
export interface PopulatedAccount {
  readonly user: User;
  /** The texts that name these, by parameter or member. @param path The path of a row; `id` means something else in each. */
  readonly knownAt: (path: string) => Readonly<Record<string, readonly string[]>>;
}

let count = 0;

export async function populateAccount(blitz: BlitzWorld, powerful: AllPowerful): Promise<PopulatedAccount> {
  const { world, tenant } = blitz;
  const { services } = world;
  const system = world.system(tenant);
  const user = await blitz.account({ email: `owner.${++count}@example.com` });
  const { id } = user;
  const ids = [id, Buffer.from(`usr:${id}`).toString('base64url')];
  const portal = (await world.stores.clientStore.findByClientId(tenant.id, 'portal'))!;
  await world.consent(tenant, id, portal, ['openid']);
  const tokens = { accessToken: 'vk1', tokenType: 'Bearer', expiresAt: addSeconds(world.clock.now(), 60) };
  const link = { userId: id, provider: { type: 'vk', name: 'vk_1' }, externalId: `x-${id}` };
  await services.federationLinks.linkProven(system, link, tokens);
  await services.devices.seen(system, { userId: id, deviceId: 'SHA256_x' });
  await services.securityQuestions.set(system, { userId: id, question: 'Q?', answer: 'A' });
  const { ordinal } = await world.giveTotp(tenant, id);
  const app = (await world.newLinkedApp(tenant, id)).client;
  const { key } = await world.newGroup(tenant, { profile: 'orgs', key: `org-${count}` });
  const { context } = await services.signUp.signUp(system, { email: `new.${count}@example.com` });
  const mail = (await world.outbox()).mails.find(({ to }) => to === `new.${count}@example.com`)!;
  const begin = { clientId: 'portal', origin: { ip: null, userAgent: null } };
  const { code } = await services.qrSignIn.begin(tenant, begin);
  const known = {
    '': ids,
    subjectId: ids,
    instanceId: ids,
    subject: [...ids, 'its|portal', 'portal'],
    object: [...ids, 'its|portal', 'portal', `grps|${key}|orgs`, key!],
    app_id: ['portal'],
    client_id: [(await world.newAppInstance(tenant)).clientId, 'portal'],
    sub: [`fresh-${count}`],
    login: [`fresh-login-${count}`],
    email: [`fresh.${count}@example.com`],
    phone_number: ['79990001122'],
    grp_id: [key!],
    profile: ['orgs'],
    objectExt: ['orgs'],
    context: [context],
    value: [/\d{6}/.exec(mail.text)![0], `fresh.${count}@example.com`],
    QR_code: [code],
    fpType: ['vk'],
    fpName: ['vk_1'],
    fedPointType: ['vk'],
    fedPointName: ['vk_1'],
    sid: [`x-${id}`],
    rights: ['r'],
    tags: ['t'],
    add: ['r'],
    remove: ['q'],
    name: ['Name'],
    fp: ['vk:vk_1'],
    callback: ['https://app.company.com/callback'],
    base32Secret: [SECRET],
    otpCode: [totpCode(SECRET, world.clock.now())],
    question: ['Q?'],
    answer: ['A'],
    current: [PASSWORD],
    password: ['four-wombats-at-dawn'],
    query: FILTERS,
    rql: FILTERS,
    grant_type: ['client_credentials'],
    scope: ['blitz_api_sys_users'],
    token: [await powerful.user(user)],
  };
  const idsOfOthers = [`SW_TOTP_${ordinal}_${id}`, `${id}_portal`, 'SHA256_x', app.clientId];
  return { user, knownAt: (path) => ({ ...known, id: path.includes('/grps') ? [key!] : idsOfOthers }) };
}
