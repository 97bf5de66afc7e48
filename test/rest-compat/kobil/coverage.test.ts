import { describe, expect, it } from 'vitest';
import { pathsOf } from '../../../rest-compat/engine/index.ts';
import { KEYCLOAK_ADMIN } from '../../../rest-compat/keycloak-admin/index.ts';
import { KOBIL } from '../../../rest-compat/kobil/index.ts';
import { NOT_SERVED, SERVED, SERVICES, type Service } from './services.ts';

/** A path without the names of its parameters, which differ in the manual. */
const shapeOf = (path: string): string => path.replace(/\{[^}]*\}/g, '{}');

/** The methods and paths of an operation, in all its forms. */
function keysOf({ method, path, also, gateway }: Service): readonly string[] {
  const forms = [`${method} ${path}`, ...(also === undefined ? [] : [also])];
  return [
    ...forms,
    ...forms.map((form) => form.replace(' ', ' /auth')),
    ...gateway.map((one) => `${method} /digitanium/v4/${one}`),
  ].map(shapeOf);
}

const rows = [...KOBIL.mounts, ...KEYCLOAK_ADMIN.mounts].flatMap(({ prefix, routes }) =>
  routes.flatMap((row) =>
    pathsOf(row).map((path) => ({
      key: `${row.method} ${shapeOf(`${prefix}${path}`)}`,
      number: Number(/\((\d+)\)$/.exec(row.spec)?.[1]),
      subSystem: row.tags?.['subSystem'] ?? null,
    })),
  ),
);

describe('the documented operations of KOBIL', () => {
  it('are the 64 of the manual, each served or on the list of those that are not yet', () => {
    expect(SERVICES.map(({ number }) => number)).toEqual(Array.from({ length: 64 }, (_, at) => at + 1));
    expect(SERVED.length + NOT_SERVED.size).toBe(64);
    const served = new Set(rows.map(({ number }) => number));
    expect([...served].filter((number) => NOT_SERVED.has(number))).toEqual([]);
  });

  it.each(SERVED.map((service) => [service.number, service] as const))(
    '%i is served with and without /auth, below the host of the tenant, and with the number of its part',
    (number, service) => {
      for (const key of keysOf(service))
        expect(rows.filter((row) => row.key === key)).toEqual([{ key, number, subSystem: service.subSystem }]);
    },
  );

  it('are the only rows', () => {
    const known = new Set(SERVED.flatMap(keysOf));
    expect(rows.filter(({ key, number }) => !known.has(key) && !Number.isNaN(number))).toEqual([]);
    const unnumbered = rows.filter(({ number }) => Number.isNaN(number)).map(({ key }) => key);
    const ofIssuer =
      /^\w+ (?:\/auth)?\/realms\/\{\}(?:\/protocol\/openid-connect\/.+|\/login-actions\/.+|\/account(?:\/page(?:\/\{\})?)?|\/clients-registrations\/openid-connect(?:\/\{\})?)?$/;
    const ofAdministration = /^\w+ (?:\/auth)?\/(?:admin|resources)\//;
    expect(unnumbered.filter((key) => !ofIssuer.test(key) && !ofAdministration.test(key))).toEqual([]);
  });
});
