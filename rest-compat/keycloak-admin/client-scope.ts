import { z } from 'zod';
import { PROTOCOL, SENT_TEXTS, toTexts } from '../realm-clients/mapper.ts';
import { assertProtocol, MAPPER, NEW_MAPPER, showMapper, toNewMapper } from './mapper.ts';
import type { Scope } from './operations.generated.ts';

const TEXT = z.string().nullable().optional();

/** A client scope as it is answered (docs/dialects/kobil.md, section 4.13). */
export const CLIENT_SCOPE = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  protocol: z.string(),
  attributes: z.record(z.string(), z.string()).describe('Texts by name.'),
  protocolMappers: z.array(MAPPER).optional().describe('Absent where there are none.'),
});

/** A scope in the lists of what new clients get. */
export const DEFAULT_SCOPE = z.strictObject({ id: z.string(), name: z.string(), protocol: z.string() });

/** A scope in the lists of a client. */
export const SCOPE_OF_CLIENT = z.strictObject({ id: z.string(), name: z.string() });

/** Changes of a client scope as they are sent. */
export const CHANGED_SCOPE = z.object({
  name: TEXT,
  description: TEXT.describe('An empty one removes it.'),
  protocol: TEXT.describe('`openid-connect`.'),
  attributes: SENT_TEXTS.describe('Replaces all texts. `include.in.token.scope` says whether tokens name the scope.'),
});

/** A new client scope as it is sent. */
export const NEW_SCOPE = CHANGED_SCOPE.extend({
  name: TEXT.describe('Mandatory.'),
  protocol: TEXT.describe('Mandatory: `openid-connect`.'),
  protocolMappers: z.array(NEW_MAPPER).nullable().optional(),
});

/** The attribute that says whether tokens name a scope, which the graph has as a flag. */
const NAMED = 'include.in.token.scope';

function toAttributes(sent: z.output<typeof SENT_TEXTS>) {
  if (sent == null) return {};
  const { [NAMED]: named, ...attributes } = toTexts(sent);
  return { attributes, ...(named === undefined ? {} : { isNamedInTokens: named.toLowerCase() === 'true' }) };
}

/** The variables of changes of a scope, except for the scope. @throws INVALID_INPUT */
export function toScopeChanges({ name, description, protocol, attributes }: z.output<typeof CHANGED_SCOPE>) {
  if (protocol != null) assertProtocol(protocol);
  return {
    ...(name == null ? {} : { name }),
    ...(description == null ? {} : { description: description === '' ? null : description }),
    ...toAttributes(attributes),
  };
}

/** The variables of a new scope. @throws INVALID_INPUT */
export function toNewScope({ protocolMappers, ...sent }: z.output<typeof NEW_SCOPE>) {
  assertProtocol(sent.protocol);
  return { ...toScopeChanges(sent), name: sent.name ?? '', mappers: (protocolMappers ?? []).map(toNewMapper) };
}

/** The client scope as it is answered. */
export function showScope(scope: Scope): z.input<typeof CLIENT_SCOPE> {
  const { clientScopeUuid, name, description, isNamedInTokens, attributes, mappers } = scope;
  return {
    id: clientScopeUuid,
    name,
    ...(description === null ? {} : { description }),
    protocol: PROTOCOL,
    attributes: { ...toTexts(attributes as Record<string, string>), [NAMED]: String(isNamedInTokens) },
    ...(mappers.length === 0 ? {} : { protocolMappers: mappers.map(showMapper) }),
  };
}

/** The scope in the lists of what new clients get. */
export const showDefault = (scope: Pick<Scope, 'clientScopeUuid' | 'name'>): z.input<typeof DEFAULT_SCOPE> => ({
  ...showOfClient(scope),
  protocol: PROTOCOL,
});

/** The scope in the lists of a client. */
export const showOfClient = ({
  clientScopeUuid,
  name,
}: Pick<Scope, 'clientScopeUuid' | 'name'>): z.input<typeof SCOPE_OF_CLIENT> => ({ id: clientScopeUuid, name });
