import { type DocumentNode, type ExecutionResult, GraphQLScalarType, GraphQLSchema } from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { createSerialisers, toGraphqlAnswer } from './answer.ts';
import { type Coerce, createCoercion } from './coercion.ts';
import {
  NotCompilable,
  type Plan,
  planOperation,
  requireOnlyOperation,
  switchesOf,
  UNCHANGED,
  type Variables,
} from './plan.ts';

type Answer = ExecutionResult | Promise<ExecutionResult>;

/** Most versions of one document: each combination of the values of `@skip` and `@include` that requests send is one. */
const MAX_VERSIONS = 8;

/** An operation as JavaScript. */
export interface CompiledOperation {
  /** Fields that code was written for, in all versions. */
  readonly fields: number;
  /**
   * Executes the operation.
   * @returns Null when graphql-js has to, because the variables are not valid, or are a combination of conditions beyond the
   *   first eight. Nothing was executed then.
   */
  run(context: object, variables: Variables): Answer | null;
}

/**
 * Compiles operations of validated documents with graphql-jit. The compiled code calls the resolvers of the schema, with its
 * directives enforced, and answers as graphql-js does; whatever would not is left to graphql-js.
 */
export class OperationCompiler {
  readonly #schema: GraphQLSchema;
  /** The types of the schema itself, and a scalar that passes values on: variables were coerced by graphql-js before. */
  readonly #extended: GraphQLSchema;
  readonly #customSerializers: ReturnType<typeof createSerialisers>;

  constructor(schema: GraphQLSchema) {
    const config = schema.toConfig();
    const unchanged = new GraphQLScalarType({ name: UNCHANGED, parseValue: (value) => value });
    this.#schema = schema;
    this.#extended = new GraphQLSchema({ ...config, types: [...config.types, unchanged], assumeValid: true });
    this.#customSerializers = createSerialisers(schema);
  }

  /** Null when graphql-js has to execute the document. */
  compile(document: DocumentNode): CompiledOperation | null {
    try {
      const coerce = createCoercion(this.#schema, requireOnlyOperation(document));
      const switches = switchesOf(document);
      const versions = new Versions(switches, (values) => this.#compileVersion(document, values));
      // Without conditions there is one version: compile it now, to know whether it can be.
      if (switches.length === 0) versions.find({});
      return {
        get fields() {
          return versions.fields;
        },
        run: (context, variables) => runVersion(coerce, versions, context, variables),
      };
    } catch (error) {
      if (error instanceof NotCompilable) return null;
      throw error;
    }
  }

  #compileVersion(document: DocumentNode, switches: Variables): Version {
    const plan = planOperation(this.#schema, document, switches);
    const compiled = compileQuery(this.#extended, plan.document, '', {
      customSerializers: this.#customSerializers,
      disablingCapturingStackErrors: true,
    });
    if (!isCompiledQuery(compiled)) throw new NotCompilable(compiled.errors?.map(({ message }) => message).join(' '));
    const place = { schema: this.#schema, operation: plan.operation };
    const run: Run = (context, coerced) => {
      const values = plan.fill(coerced);
      if (values === null) return null;
      const result = compiled.query(undefined, context, values);
      return result instanceof Promise
        ? result.then((one) => toGraphqlAnswer(place, one))
        : toGraphqlAnswer(place, result);
    };
    return { run, fields: plan.fields };
  }
}

function runVersion(coerce: Coerce, versions: Versions, context: object, variables: Variables): Answer | null {
  const coerced = coerce(variables);
  return coerced === null ? null : (versions.find(coerced)?.(context, coerced) ?? null);
}

/** @param coerced The variables of this request alone. */
type Run = (context: object, coerced: Record<string, unknown>) => Answer | null;

interface Version {
  readonly run: Run;
  readonly fields: Plan['fields'];
}

/** The versions of an operation, by the values of its conditions. */
class Versions {
  fields = 0;
  readonly #switches: readonly string[];
  readonly #compile: (switches: Variables) => Version;
  readonly #byValues = new Map<string, Run | null>();

  constructor(switches: readonly string[], compile: (switches: Variables) => Version) {
    this.#switches = switches;
    this.#compile = compile;
  }

  /** @throws NotCompilable Only for a document without conditions. */
  find(coerced: Variables): Run | null {
    // A condition that is null or absent is an error of the request, which graphql-js reports.
    if (this.#switches.some((name) => typeof coerced[name] !== 'boolean')) return null;
    const key = this.#switches.map((name) => (coerced[name] === true ? '1' : '0')).join('');
    const known = this.#byValues.get(key);
    if (known !== undefined || this.#byValues.size >= MAX_VERSIONS) return known ?? null;
    // The conditions alone: the version must not keep the other variables of a request.
    const run = this.#add(Object.fromEntries(this.#switches.map((name) => [name, coerced[name]])));
    this.#byValues.set(key, run);
    return run;
  }

  #add(switches: Variables): Run | null {
    try {
      const { run, fields } = this.#compile(switches);
      this.fields += fields;
      return run;
    } catch (error) {
      if (this.#switches.length > 0 && error instanceof NotCompilable) return null;
      throw error;
    }
  }
}
