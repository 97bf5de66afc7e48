import { z } from 'zod';
import type { Parameters } from './body.ts';

const NUMBER = /^[+-]?\d{1,15}(\.\d{1,15})?$/;
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
  ['1', true],
  ['0', false],
]);

/** The type below optional, nullable and default. */
function innermost(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return innermost(schema.unwrap());
  return schema;
}

function typed(schema: unknown, text: string): unknown {
  const inner = innermost(schema);
  if (inner instanceof z.ZodNumber && NUMBER.test(text)) return Number(text);
  if (inner instanceof z.ZodBoolean) return BOOLEANS.get(text.toLowerCase()) ?? text;
  return text;
}

/**
 * The parameters of a query or form, with numbers and booleans where the schema declares such. A text that is neither stays, and
 * the schema refuses it.
 */
export function typedParameters(schema: z.ZodObject, parameters: Parameters): Record<string, unknown> {
  const members: Record<string, unknown> = { ...parameters };
  for (const [name, member] of Object.entries(schema.shape)) {
    const text = parameters[name];
    if (typeof text === 'string') members[name] = typed(member, text);
  }
  return members;
}
