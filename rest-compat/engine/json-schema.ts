import { z } from 'zod';

export type Json = Record<string, unknown>;

/** Shapes with a name in `components.schemas`, by that name. */
export type Components = Readonly<Record<string, z.ZodType>>;

const NONE: Components = {};

/**
 * A declared shape as a Schema Object of OpenAPI 3.1: JSON Schema, draft 2020-12.
 * @param components Are referred to where the shape contains them.
 */
export function schemaOf(schema: z.ZodType, io: 'input' | 'output', components = NONE): Json {
  const names = new Map(Object.entries(components).map(([name, shape]) => [shape as unknown, name]));
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const name = (zodSchema as unknown) === schema ? undefined : names.get(zodSchema);
      if (name !== undefined) replaceByReference(jsonSchema as Json, name);
    },
  }) as Json;
  return rest;
}

/** The schemas of components, as requests have them. */
export const describeComponents = (components = NONE): Json =>
  Object.fromEntries(Object.entries(components).map(([name, shape]) => [name, schemaOf(shape, 'input', components)]));

function replaceByReference(jsonSchema: Json, name: string): void {
  for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
  jsonSchema['$ref'] = `#/components/schemas/${name}`;
}
