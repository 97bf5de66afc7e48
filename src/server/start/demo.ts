import type { Services } from '../../../schema/context.ts';
import type { Authority } from '../../access/index.ts';
import type { TenantRef } from '../../kernel/index.ts';
import { systemAuthority } from './bootstrap.ts';

/** The tenant that `DEMO=1` makes. */
export interface DemoTenant {
  readonly name: string;
  readonly users: number;
}

const NAME = 'demo';
const GIVEN_NAMES =
  'Ada Alan Barbara Clara Donald Edsger Frances Grace Hedy John Katherine Leslie Margaret Niklaus Radia'.split(' ');
const FAMILY_NAMES =
  'Abara Bianchi Chen Dubois Eriksen Fischer Garcia Haddad Ivanova Jansen Kim Lopez Moreau Novak Okafor Petrov Rossi Sato Tanaka Weber'.split(
    ' ',
  );
const LOCALES = ['en', 'de', 'fr', 'es', 'it'];
const RISKS = [
  ['HIGH', '90', 'ROOTED_DEVICE', 'HIGH_RISK'],
  ['HIGH', '80', 'DEBUGGER_ATTACHED', 'HIGH_RISK'],
  ['MIDDLE', '50', 'UNKNOWN_KEYBOARD', 'MEDIUM'],
  ['MIDDLE', '40', 'SCREEN_MIRRORED', 'MEDIUM'],
  ['LOW', '10', 'OLD_SYSTEM_VERSION', 'OK'],
] as const;
interface Person {
  readonly givenName: string;
  readonly familyName: string;
  readonly index: number;
}

function people(): Person[] {
  return GIVEN_NAMES.flatMap((givenName, row) =>
    FAMILY_NAMES.map((familyName, column) => ({ givenName, familyName, index: row * FAMILY_NAMES.length + column })),
  );
}

/** Makes the tenant `demo` with invented people, their sessions and links, and riskbits. Does nothing if the tenant exists. */
export async function makeDemo(services: Services): Promise<DemoTenant | null> {
  if (await services.tenants.isNameTaken(NAME)) return null;
  const tenant = await services.tenants.create(systemAuthority(), { name: NAME, displayName: 'Demonstration' });
  const authority = systemAuthority(tenant as unknown as TenantRef);
  await services.federationProviders.create(authority, {
    type: 'oidc',
    name: 'partner',
    displayName: 'Partner',
    issuer: 'https://partner.example',
    clientId: 'idgraph-demo',
    tokenEndpointAuth: 'none',
  });
  const everybody = people();
  for (const person of everybody) await makePerson(services, authority, person);
  await services.riskbits.createMany(
    authority,
    RISKS.map(([ratingLevel, score, risk, operation]) => ({ ratingLevel, score, risk, operation })),
  );
  return { name: NAME, users: everybody.length };
}

async function makePerson(services: Services, authority: Authority, person: Person): Promise<void> {
  const { givenName, familyName, index } = person;
  const username = `${givenName}.${familyName}`.toLowerCase();
  const user = await services.users.create(authority, {
    username,
    email: `${username}@demo.example`,
    emailVerified: index % 3 !== 0,
    givenName,
    familyName,
    locale: LOCALES[index % LOCALES.length]!,
    enabled: index % 25 !== 24,
    attributes: { department: ['Sales', 'Support', 'Research'][index % 3]!, badge: 1000 + index },
  });
  for (let session = 0; session < index % 3; session++)
    await services.sessions.start(authority, { userId: user.id, amr: ['pwd'] });
  if (index % 4 === 0)
    await services.federationLinks.link(authority, {
      userId: user.id,
      provider: { type: 'oidc', name: 'partner' },
      externalId: `p-${index}`,
      externalName: username,
    });
}
