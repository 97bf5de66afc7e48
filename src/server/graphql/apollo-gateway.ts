import type { ApolloServerOptionsWithGateway } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import type { GraphContext } from '../../../schema/context.ts';
import type { ClientDocuments } from './client-documents.ts';

type Options = ApolloServerOptionsWithGateway<GraphContext>;

/**
 * Lets Apollo Server execute operations by `documents`. Its only option for another executor is the one for gateways to other
 * servers; nothing here leaves the process.
 */
export function createGateway(schema: GraphQLSchema, documents: ClientDocuments): Options['gateway'] {
  type Listener = Parameters<Options['gateway']['onSchemaLoadOrUpdate']>[0];
  const listeners = new Set<Listener>();
  return {
    onSchemaLoadOrUpdate(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async load() {
      for (const listener of listeners) listener({ apiSchema: schema, coreSupergraphSdl: '' });
      return {
        executor: async ({ document, request, context }) =>
          documents.execute({ document, operationName: request.operationName, variables: request.variables, context }),
      };
    },
    async stop() {
      listeners.clear();
    },
  };
}

/** Lets Apollo Server find parsed documents. Its keys are the SHA-256 of the text, after a prefix for the schema. */
export function createDocumentStore(documents: ClientDocuments): NonNullable<Options['documentStore']> {
  return {
    get: async (key) => documents.find(key.slice(key.indexOf(':') + 1)),
    // Apollo Server passes what it parsed before it was checked; `faultsOf` keeps it if it may be executed.
    set: async () => documents.noteParsed(),
    delete: async () => undefined,
  };
}
