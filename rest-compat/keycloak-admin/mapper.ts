import { z } from 'zod';
import { invalidField } from '../../src/kernel/index.ts';
import { isMapperType, PROTOCOL, SENT_TEXTS, toTexts } from '../realm-clients/mapper.ts';
import type { Mapper, ProtocolMapperInput } from './operations.generated.ts';

/** A mapper as it is answered (docs/dialects/kobil.md, section 4.12). */
export const MAPPER = z.strictObject({
  id: z.string(),
  name: z.string(),
  protocol: z.string(),
  protocolMapper: z.string().describe('What it does, such as `oidc-usermodel-attribute-mapper`.'),
  consentRequired: z.boolean().describe('Always false.'),
  config: z.record(z.string(), z.string()).describe('Texts by name, such as `claim.name`.'),
});

const TEXT = z.string().nullable().optional();

/** Changes of a mapper as they are sent. */
export const CHANGED_MAPPER = z.object({
  name: TEXT,
  protocol: TEXT.describe('`openid-connect`.'),
  protocolMapper: TEXT,
  config: SENT_TEXTS.describe('Replaces all texts.'),
});

/** A new mapper as it is sent. */
export const NEW_MAPPER = CHANGED_MAPPER.extend({
  name: z.string(),
  protocolMapper: TEXT.describe('Mandatory.'),
  config: SENT_TEXTS,
});

/** Fields of errors about values of the dialect, for which rows have separate answers. */
export const PROTOCOL_FIELD = 'protocol';
export const TYPE_FIELD = 'protocolMapper';

/** @throws INVALID_INPUT at `PROTOCOL_FIELD`. */
export function assertProtocol(protocol: string | null | undefined): void {
  if (protocol !== PROTOCOL) throw invalidField(PROTOCOL_FIELD, 'PROTOCOL_UNKNOWN', 'There is no such protocol.');
}

/** @throws INVALID_INPUT at `TYPE_FIELD`. */
function checkedType(type: string | null | undefined): string {
  if (type != null && isMapperType(type)) return type;
  throw invalidField(TYPE_FIELD, 'MAPPER_TYPE_UNKNOWN', 'There is no such type of mappers.');
}

/** The variables of changes of a mapper, except for the mapper. @throws INVALID_INPUT */
export function toMapperChanges({ name, protocol, protocolMapper, config }: z.output<typeof CHANGED_MAPPER>) {
  if (protocol != null) assertProtocol(protocol);
  return {
    ...(name == null ? {} : { name }),
    ...(protocolMapper == null ? {} : { type: checkedType(protocolMapper) }),
    ...(config == null ? {} : { config: toTexts(config) }),
  };
}

/** A new mapper as the graph takes it. @throws INVALID_INPUT */
export const toNewMapper = (sent: z.output<typeof NEW_MAPPER>): ProtocolMapperInput => ({
  ...toMapperChanges(sent),
  name: sent.name,
  type: checkedType(sent.protocolMapper),
});

/** The mapper as it is answered. */
export const showMapper = ({ mapperId, name, type, config }: Mapper): z.input<typeof MAPPER> => ({
  id: mapperId,
  name,
  protocol: PROTOCOL,
  protocolMapper: type,
  consentRequired: false,
  config: toTexts(config as Record<string, string>),
});
