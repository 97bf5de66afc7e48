import { type ExecutionResult, execute, type GraphQLError, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { type CompiledOperation, OperationCompiler } from '../../../schema/compiled/index.ts';
import { formatError } from '../../../schema/errors/format.ts';
import { documentsOfClients, documentsOfFields } from '../../support/client-documents.ts';
import { buildMadeUpGraph, FAULTS, type Fault, type MadeUp, pick } from '../../support/made-up-graph.ts';
import { hostileVariables, someVariables } from '../../support/some-variables.ts';

const schema = await buildMadeUpGraph();
const compiler = new OperationCompiler(schema);
const DOCUMENTS = [...documentsOfClients(), ...documentsOfFields(schema)];
const ROUNDS = 3;

type Plan = Pick<MadeUp, 'seed' | 'faults' | 'pace'>;

const show = ({ data, errors }: ExecutionResult) => ({
  ...(data === undefined ? {} : { data: JSON.parse(JSON.stringify(data)) as unknown }),
  errors: (errors ?? []).map((error: GraphQLError) => formatError(error.toJSON(), error)),
});

/** Runs one operation both ways. Null when the compiled one leaves it to graphql-js. */
async function runBoth(text: string, operation: CompiledOperation, variables: Record<string, unknown>, plan: Plan) {
  const contexts = [0, 1].map((): MadeUp => ({ ...plan, places: [], calls: [] }));
  const [one, two] = contexts as [MadeUp, MadeUp];
  const plain = await execute({ schema, document: parse(text), variableValues: variables, contextValue: one });
  const compiled = await operation.run(two, variables);
  return {
    plain: { ...show(plain), calls: one.calls.sort() },
    compiled: compiled === null ? null : { ...show(compiled), calls: two.calls.sort() },
    compiledCalls: two.calls.length,
    places: one.places,
  };
}

describe('the answer of a compiled operation', () => {
  it.each(DOCUMENTS)('is the one of graphql-js, and resolvers get the same: %s', async (name, text) => {
    const document = parse(text);
    expect(validate(schema, document)).toEqual([]);
    const operation = compiler.compile(document)!;
    let compiledRuns = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const seed = `${round}`;
      const variables = someVariables(schema, document, `${name} ${round}`);
      const run = (faults: readonly (readonly [string, Fault])[], pace: MadeUp['pace']) =>
        runBoth(text, operation, variables, { seed, faults: new Map(faults), pace });
      const { plain, compiled, places } = await run([], 'either');
      if (compiled !== null) expect(compiled).toEqual(plain);
      compiledRuns += compiled === null ? 0 : 1;
      for (const fault of FAULTS) {
        if (places.length === 0) continue;
        const place = places[pick(`${name} ${round} ${fault}`, places.length)]!;
        // graphql-js begins no further field after one that fails at once, so the calls are not compared.
        const broken = await run([[place, fault]], 'later');
        const atOnce = await run([[place, fault]], 'now');
        for (const both of [broken, atOnce])
          if (both.compiled !== null) expect({ ...both.compiled, calls: [] }).toEqual({ ...both.plain, calls: [] });
      }
    }
    expect(compiledRuns).toBeGreaterThan(0);
  });

  it('is left to graphql-js, before anything is resolved, when hostile variables are refused', async () => {
    let refused = 0;
    for (const [name, text] of DOCUMENTS) {
      const document = parse(text);
      const operation = compiler.compile(document)!;
      for (let round = 0; round < 5; round++) {
        const plan = { seed: `${round}`, faults: new Map(), pace: 'either' } as const;
        const variables = hostileVariables(document, `${name} ${round}`);
        const { plain, compiled, compiledCalls } = await runBoth(text, operation, variables, plan);
        if (compiled !== null) expect(compiled).toEqual(plain);
        else expect(compiledCalls).toBe(0);
        refused += compiled === null ? 1 : 0;
      }
    }
    expect(refused).toBeGreaterThan(DOCUMENTS.length);
  });
});
