import { z } from 'zod';
import { ISSUER_KINDS, type IssuerKind, type OfferedGrantName, UMA_TICKET } from '../issuers/issuers.ts';
import { AUTHORIZATION_CODE_GRANT, type AuthorizationCodeGrantDeps } from './authorization-code.ts';
import { CLIENT_CREDENTIALS_GRANT, type ClientCredentialsDeps } from './client-credentials.ts';
import { type GrantType, isHiddenAt, parameterNames } from './grant.ts';
import { optionalParameter, parameter } from './parameters.ts';
import { PASSWORD_GRANT, type PasswordGrantDeps } from './password.ts';
import { REFRESH_TOKEN_GRANT, type RefreshTokenGrantDeps } from './refresh-token.ts';
import { UMA_TICKET_GRANT, type UmaTicketGrantDeps } from './uma-ticket.ts';

/** The parameter that names the grant (RFC 6749 section 4). */
export const GRANT_TYPE = 'grant_type';

/** What the grants need to make tokens. */
export type GrantDeps = AuthorizationCodeGrantDeps &
  ClientCredentialsDeps &
  PasswordGrantDeps &
  RefreshTokenGrantDeps &
  UmaTicketGrantDeps;

/** The grants of the token endpoint; `grantTypes` of an issuer kind names those that it offers. */
const GRANTS: Readonly<Record<OfferedGrantName, GrantType<GrantDeps>>> = {
  authorization_code: AUTHORIZATION_CODE_GRANT,
  client_credentials: CLIENT_CREDENTIALS_GRANT,
  password: PASSWORD_GRANT,
  refresh_token: REFRESH_TOKEN_GRANT,
  [UMA_TICKET]: UMA_TICKET_GRANT,
};

/** The grants that a kind of issuer offers, in its order. */
export function offeredGrants({ grantTypes }: IssuerKind): readonly GrantType<GrantDeps>[] {
  return grantTypes.map((name) => GRANTS[name]);
}

/**
 * What the token endpoint of an issuer kind accepts: grants by name, and the names of all parameters that they read, those that
 * may be repeated apart.
 */
export interface Offer {
  readonly grants: ReadonlyMap<string, GrantType<GrantDeps>>;
  readonly parameters: ReadonlySet<string>;
  readonly lists: ReadonlySet<string>;
}

/** The offer of each kind of issuer, by its name. */
export function makeOffers(): ReadonlyMap<string, Offer> {
  return new Map(Object.values(ISSUER_KINDS).map((kind) => [kind.kind, makeOffer(kind)]));
}

function makeOffer(kind: IssuerKind): Offer {
  const grants = offeredGrants(kind);
  const lists = new Set(grants.flatMap((grant) => grant.lists ?? []));
  const names = grants.flatMap((grant) => parameterNames(grant, kind));
  return {
    grants: new Map(grants.map((grant) => [grant.name, grant])),
    parameters: new Set([GRANT_TYPE, ...names.filter((name) => !lists.has(name))]),
    lists,
  };
}

/**
 * The parameters that a kind of issuer reads at its token endpoint, for the API description: `grant_type`, and what the grants
 * that it offers declare. Only `grant_type` is required in every request, because the other parameters depend on the grant.
 */
export function describeTokenForm(issuerKind: keyof typeof ISSUER_KINDS): z.ZodObject {
  const kind = ISSUER_KINDS[issuerKind];
  const grants = offeredGrants(kind);
  const shape: Record<string, z.ZodType> = { [GRANT_TYPE]: parameter(describeGrantType(grants, kind)) };
  for (const name of new Set(grants.flatMap((grant) => parameterNames(grant, kind)))) {
    const readers = grants.filter(({ parameters }) => Object.hasOwn(parameters.shape, name));
    const { description } = readers[0]!.parameters.shape[name] as z.ZodType;
    const where = readers.length === grants.length ? '' : ` For ${joinNames(readers)}.`;
    shape[name] = optionalParameter(`${description}${where}`);
  }
  return z.object(shape);
}

function describeGrantType(grants: readonly GrantType<GrantDeps>[], kind: IssuerKind): string {
  const hidden = grants.filter((grant) => isHiddenAt(grant, kind));
  const advertised = joinNames(grants.filter((grant) => !isHiddenAt(grant, kind)));
  if (hidden.length === 0) return `${advertised}.`;
  return `${advertised}; for clients that are allowed it, also ${joinNames(hidden)}.`;
}

const joinNames = (grants: readonly GrantType<GrantDeps>[]): string =>
  grants.map(({ name }) => `\`${name}\``).join(' or ');
