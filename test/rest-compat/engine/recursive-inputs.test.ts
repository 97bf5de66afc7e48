import { buildSchema, parse, print } from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { describe, expect, it } from 'vitest';
import { foldRecursiveInputs } from '../../../rest-compat/engine/recursive-inputs.ts';

const schema = buildSchema(`
  enum Kind { OAK ELM }
  input Leaf { size: Int }
  input Tree { kind: Kind, leaf: Leaf, not: Tree, or: [Tree!] }
  input Wood { tree: Tree }
  type Query { x(leaf: Leaf, tree: Tree, trees: [Tree!], wood: Wood): String }
`);
schema.getQueryType()!.getFields()['x']!.resolve = (_root, given) => JSON.stringify(given);
const fold = (text: string) => foldRecursiveInputs(schema, parse(text));
const TEXT =
  'query Q($leaf: Leaf, $tree: Tree!, $trees: [Tree!], $wood: Wood) { x(leaf: $leaf, tree: $tree, trees: $trees, wood: $wood) }';

describe('variables whose inputs contain themselves', () => {
  it('are declared as scalars, in lists and in inputs too, and others as they were', () => {
    expect(print(fold(TEXT).document)).toContain(
      'query Q($leaf: Leaf, $tree: TreeValue!, $trees: [TreeValue!], $wood: WoodValue)',
    );
  });

  it('compile, and are read as their inputs are', async () => {
    const { schema: compiledFor, document } = fold(TEXT);
    const compiled = compileQuery(compiledFor, document, 'Q');
    if (!isCompiledQuery(compiled)) throw new Error('It is not compiled.');
    const answer = async (variables: object) => compiled.query({}, {}, variables as Record<string, unknown>);
    const tree = { kind: 'OAK', not: { or: { leaf: { size: 3 } } } };
    expect(JSON.parse((await answer({ tree, trees: [tree], wood: { tree } })).data!['x'] as string)).toMatchObject({
      tree: { kind: 'OAK', not: { or: [{ leaf: { size: 3 } }] } },
      trees: [{ kind: 'OAK' }],
      wood: { tree: { kind: 'OAK' } },
    });
    for (const wrong of [{ tree: { not: { kind: 'ASH' } } }, { tree: { nothing: 1 } }, { tree: null }, { tree: 'x' }])
      expect((await answer(wrong)).errors).toHaveLength(1);
  });
});
