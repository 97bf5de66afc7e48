import { z } from 'zod';

export type Json = Record<string, unknown>;

/** A declared shape as a Schema Object of OpenAPI 3.1: JSON Schema, draft 2020-12. */
export function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return rest;
}
