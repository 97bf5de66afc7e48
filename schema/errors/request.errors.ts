import { defineErrors } from '../../src/kernel/index.ts';

/** Refusals of a GraphQL request as a whole, before any of it is executed. */
export const requestErrors = defineErrors({
  DOCUMENT_TOO_LONG: { kind: 'invalid', message: 'The document has too many tokens.' },
  DOCUMENT_TOO_DEEP: { kind: 'invalid', message: 'The document nests its fields too deeply.' },
  DOCUMENT_ALIASES_EXCEEDED: { kind: 'invalid', message: 'The document renames too many fields.' },
  DOCUMENT_DIRECTIVES_EXCEEDED: { kind: 'invalid', message: 'The document has too many directives.' },
  DOCUMENT_REPEATS_EXCEEDED: { kind: 'invalid', message: 'The document writes one field of the answer too often.' },
  DOCUMENT_TOO_COSTLY: { kind: 'invalid', message: 'The operation asks for too many objects at once.' },
  DOCUMENT_NOT_TRUSTED: {
    kind: 'forbidden',
    message: 'Only documents that the operator has listed are executed here.',
  },
  BATCH_TOO_LARGE: { kind: 'too-large', message: 'Too many operations in one request.' },
});
