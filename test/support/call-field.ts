import { getNamedType, isCompositeType, type OperationTypeNode } from 'graphql';
import type { Caller } from '../../src/access/index.ts';
import { type GraphResult, testGraph, type World } from './world.ts';

/** Calls one root field, such as `Mutation.deleteUser`, with the arguments by name, and selects nothing of what it returns. */
export async function callField(
  world: World,
  caller: Caller,
  field: string,
  args: Readonly<Record<string, unknown>>,
): Promise<GraphResult> {
  const [type = '', name = ''] = field.split('.');
  const { args: declared, type: result } = (await testGraph())
    .getRootType(type.toLowerCase() as OperationTypeNode)!
    .getFields()[name]!;
  const given = declared.filter((arg) => arg.name in args);
  const variables = given.map((arg) => `$${arg.name}: ${arg.type}`).join(', ');
  const values = given.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const call = values === '' ? name : `${name}(${values})`;
  const selection = isCompositeType(getNamedType(result)) ? ' { __typename }' : '';
  const document = `${type.toLowerCase()}${variables === '' ? '' : ` (${variables})`} { ${call}${selection} }`;
  return world.graphql(caller, document, { ...args });
}
