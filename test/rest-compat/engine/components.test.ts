import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { route } from '../../../rest-compat/engine/index.ts';
import { descriptionOf, tinyDialect } from './dialect.ts';
import { ShowTenant } from './operations.generated.ts';

const COLOUR = z.enum(['red', 'green']);
const SIZE = z.object({ width: z.int().min(1).default(1), colour: COLOUR.optional() });

const ROW = route({
  method: 'POST',
  path: '/paint',
  spec: 'Tiny',
  summary: 'Paints.',
  callers: { public: true },
  operation: ShowTenant,
  input: {
    query: z.object({ tint: COLOUR.optional().describe('A colour.') }),
    body: z.object({
      colour: COLOUR.default('red'),
      size: SIZE.nullable().default(null),
      plain: z.enum(['red', 'green']),
    }),
  },
  reply: { status: 200, schema: z.strictObject({ colour: COLOUR }), from: () => ({ colour: 'red' as const }) },
});

const COLOUR_REFERENCE = { $ref: '#/components/schemas/Colour' };

describe('the shapes that a dialect names', () => {
  const dialect = tinyDialect({ components: { Colour: COLOUR, Size: SIZE } }, [ROW]);
  const api = descriptionOf(dialect);
  const { parameters, requestBody, responses } = api.paths['/t/{tenant}/tiny/paint'].post;

  it('are described once, and refer to each other', () => {
    expect(api.components.schemas).toMatchObject({
      Colour: { type: 'string', enum: ['red', 'green'] },
      Size: { type: 'object', properties: { width: { minimum: 1, default: 1 }, colour: COLOUR_REFERENCE } },
    });
  });

  it('are referred to by parameters, bodies and answers, with what the place adds', () => {
    expect(parameters.find(({ name }: { name: string }) => name === 'tint')).toMatchObject({
      description: 'A colour.',
      schema: COLOUR_REFERENCE,
    });
    const { properties } = requestBody.content['application/json'].schema;
    expect(properties.colour).toEqual({ ...COLOUR_REFERENCE, default: 'red' });
    expect(properties.size).toEqual({
      anyOf: [{ $ref: '#/components/schemas/Size' }, { type: 'null' }],
      default: null,
    });
    expect(properties.plain).toEqual({ type: 'string', enum: ['red', 'green'] });
    expect(responses[200].content['application/json'].schema.properties).toEqual({ colour: COLOUR_REFERENCE });
  });
});
