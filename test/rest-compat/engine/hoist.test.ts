import { buildSchema, parse, print } from 'graphql';
import { describe, expect, it } from 'vitest';
import { hoistObjects } from '../../../rest-compat/engine/hoist.ts';

const schema = buildSchema(`
  input Part { name: String size: Int = 3 parts: [Part!] }
  type Query { x(part: Part, parts: [Part!], n: Int): Int }
`);
const hoist = (text: string) => hoistObjects(schema, parse(text));

describe('input objects with variables', () => {
  const { document, fill } = hoist(
    'query Q($a: String, $b: Int = 5) { x(part: { name: $a, size: $b, parts: [{ name: $a }] }) }',
  );

  it('become variables of the type of their argument', () => {
    expect(print(document)).toContain('$hoisted0: Part');
    expect(print(document)).toContain('x(part: $hoisted0)');
  });

  it('leave out a field whose variable is absent, keep null, use defaults (GraphQL October 2021 section 3.10)', () => {
    expect(fill({})['hoisted0']).toEqual({ size: 5, parts: [{}] });
    expect(fill({ a: null, b: null })['hoisted0']).toEqual({ name: null, size: null, parts: [{ name: null }] });
    expect(fill({ a: 'x', b: 1 })['hoisted0']).toEqual({ name: 'x', size: 1, parts: [{ name: 'x' }] });
    expect(fill({ a: 'x' })['a']).toBe('x');
  });

  it('are not changed without variables, nor are plain arguments', () => {
    const plain = parse('query Q($n: Int) { x(part: { name: "a" }, n: $n) }');
    expect(hoistObjects(schema, plain).document).toBe(plain);
  });
});
