import type { DeclarableCode } from '../../schema/directives/errors.ts';
import { COMMON_CODES, type CommonCode } from '../../schema/errors/common-codes.ts';
import { problems } from './problems.ts';

/** A code that the engine gives before the operation runs. */
export type EngineCode = keyof typeof problems.rows | 'REQUEST_TOO_LARGE';

/** Codes that the engine gives before the operation runs. */
export const ENGINE_CODES: ReadonlySet<string> = new Set([...Object.keys(problems.rows), 'REQUEST_TOO_LARGE']);

/** Codes that every field of the graph can give, and so every row. */
export const CODES_OF_EVERY_FIELD: ReadonlySet<string> = new Set(Object.keys(COMMON_CODES));

/** A code that documents need not declare. */
export type UndeclaredCode = CommonCode | EngineCode;

/** Every code that an answer can be made from. */
export type LegacyCode = DeclarableCode | UndeclaredCode;
