import { ClientDocuments, type ClientDocumentsOptions } from '../../src/server/graphql/client-documents.ts';

type Given = ClientDocumentsOptions & { readonly documents?: ClientDocuments };

/** Options of an endpoint, with documents of clients that no other endpoint shares unless they are given. */
export const withDocuments = <O extends Given>(options: O): O & { readonly documents: ClientDocuments } => ({
  ...options,
  documents: options.documents ?? new ClientDocuments(options),
});
