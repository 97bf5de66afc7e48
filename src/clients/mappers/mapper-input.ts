import { invalidField, isSameJson, newId, requireText } from '../../kernel/index.ts';
import type { ProtocolMapper } from '../client.entity.ts';
import { clientErrors } from '../client.errors.ts';
import { requireTexts } from './texts.ts';

/** A mapper as a caller gives it. */
export interface NewMapper {
  readonly name: string;
  readonly type: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Changes to a mapper; a configuration replaces the one before. */
export type MapperChanges = Partial<NewMapper>;

/** Most mappers of a client or a scope, and of one change. */
const MAX_MAPPERS = 100;
/** Of the JSON text of all mappers of a client or a scope: 100 of about 650 bytes, with about ten values each. */
const MAX_BYTES = 65_536;
const CONFIG = { maxCount: 50, maxBytes: 16_384 };
const TYPE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/;

function checkedType(type: string, path: string): string {
  if (TYPE.test(type)) return type;
  throw invalidField(path, 'MAPPER_TYPE_INVALID', 'This is not the name of a type of mappers.');
}

const withName = (mappers: readonly ProtocolMapper[], name: string): ProtocolMapper | undefined =>
  mappers.find((mapper) => mapper.name === name);

function assertBounded(mappers: readonly ProtocolMapper[]): void {
  const isTooMany = mappers.length > MAX_MAPPERS;
  if (isTooMany || Buffer.byteLength(JSON.stringify(mappers)) > MAX_BYTES) throw clientErrors.PROTOCOL_MAPPER_LIMIT();
}

/**
 * The mappers of a client or a scope after some were added.
 * @param path GraphQL input path of the list.
 * @throws INVALID_INPUT, PROTOCOL_MAPPER_NAME_TAKEN, PROTOCOL_MAPPER_LIMIT
 */
export function withAdded(
  before: readonly ProtocolMapper[],
  added: readonly NewMapper[],
  path: string,
): readonly ProtocolMapper[] {
  if (added.length > MAX_MAPPERS) throw invalidField(path, 'LIST_TOO_LONG', `At most ${MAX_MAPPERS} mappers at once.`);
  const after = [...before];
  added.forEach(({ name, type, config = {} }, index) => {
    const at = `${path}.${index}`;
    const mapper = {
      id: newId(),
      name: requireText(name, `${at}.name`, { max: 255 }),
      type: checkedType(type, `${at}.type`),
      config: requireTexts(config, `${at}.config`, CONFIG),
    };
    if (withName(after, name) !== undefined) throw clientErrors.PROTOCOL_MAPPER_NAME_TAKEN().at(`${at}.name`);
    after.push(mapper);
  });
  assertBounded(after);
  return after;
}

/**
 * The mappers of a client or a scope after all of them were replaced. One whose name was there before keeps its id.
 * @throws As `withAdded`.
 */
export function withReplaced(
  before: readonly ProtocolMapper[],
  mappers: readonly NewMapper[],
  path: string,
): readonly ProtocolMapper[] {
  const after = withAdded([], mappers, path).map((mapper) => ({
    ...mapper,
    id: withName(before, mapper.name)?.id ?? mapper.id,
  }));
  return isSameJson(after, before) ? before : after;
}

const indexOf = (mappers: readonly ProtocolMapper[], id: string): number => {
  const index = mappers.findIndex((mapper) => mapper.id === id.toLowerCase());
  if (index < 0) throw clientErrors.PROTOCOL_MAPPER_NOT_FOUND();
  return index;
};

/**
 * The mappers after a change of one.
 * @throws INVALID_INPUT, PROTOCOL_MAPPER_NOT_FOUND, PROTOCOL_MAPPER_NAME_TAKEN, PROTOCOL_MAPPER_LIMIT
 */
export function withChanged(
  before: readonly ProtocolMapper[],
  id: string,
  { name, type, config }: MapperChanges,
): readonly ProtocolMapper[] {
  const index = indexOf(before, id);
  const changed: ProtocolMapper = {
    ...before[index]!,
    ...(name === undefined ? {} : { name: requireText(name, 'input.name', { max: 255 }) }),
    ...(type === undefined ? {} : { type: checkedType(type, 'input.type') }),
    ...(config === undefined ? {} : { config: requireTexts(config, 'input.config', CONFIG) }),
  };
  const taken = withName(before, changed.name);
  if (taken !== undefined && taken.id !== changed.id) throw clientErrors.PROTOCOL_MAPPER_NAME_TAKEN().at('input.name');
  const after = before.with(index, changed);
  assertBounded(after);
  return after;
}

/** The mappers without one. @throws PROTOCOL_MAPPER_NOT_FOUND */
export const withoutMapper = (before: readonly ProtocolMapper[], id: string): readonly ProtocolMapper[] =>
  before.toSpliced(indexOf(before, id), 1);
