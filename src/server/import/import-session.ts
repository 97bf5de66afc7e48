import { type DocumentNode, execute, type GraphQLSchema, parse } from 'graphql';
import type { ReadInputs } from '../../../rest-compat/index.ts';
import { createContext, type Services } from '../../../schema/context.ts';
import { systemCaller } from '../../access/index.ts';
import { newId } from '../../kernel/index.ts';

const IMPORT: DocumentNode = parse(`mutation Import(
  $tenant: String!
  $importId: ID!
  $rows: [ImportRowInput!]!
  $faults: [ImportFaultInput!]
  $isLast: Boolean!
) {
  importRealm(input: { tenant: $tenant, importId: $importId, rows: $rows, faults: $faults, isLast: $isLast }) {
    import { importId state tallies faultCount faults { kind owner name reason at } }
  }
}`);

/** How an import went so far. */
export interface ImportReport {
  readonly importId: string;
  readonly state: 'RUNNING' | 'COMPLETE' | 'REPORTED';
  readonly tallies: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly faultCount: number;
  readonly faults: readonly object[];
}

export interface ImportTarget {
  readonly services: Services;
  readonly schema: GraphQLSchema;
  /** Name of the tenant. */
  readonly tenant: string;
  /** The import that the rows belong to. */
  readonly importId: string;
}

/** One import by the graph, as the service itself. */
export class ImportSession {
  readonly #target: ImportTarget;

  constructor(target: ImportTarget) {
    this.#target = target;
  }

  /** Writes what was read. @param isLast Whether it ends the import. @throws The first error of the graph. */
  async send({ rows, faults }: ReadInputs, isLast: boolean): Promise<ImportReport> {
    const { importId, schema, services, tenant } = this.#target;
    const caller = systemCaller({ processId: newId() });
    const { data, errors } = await execute({
      schema,
      document: IMPORT,
      variableValues: { tenant, importId, rows, faults, isLast },
      contextValue: createContext(services, caller, new AbortController().signal),
    });
    const [error] = errors ?? [];
    if (error !== undefined) throw error.originalError ?? error;
    return (data as { readonly importRealm: { readonly import: ImportReport } }).importRealm.import;
  }
}
