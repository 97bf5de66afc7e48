/**
 * The root fields that anybody may call, each with the reason. A test proves that every other root field carries
 * `@requiresScopes`.
 */
export const PUBLIC_FIELDS: Readonly<Record<string, string>> = {
  'Mutation.completeAccountLinking': 'The state, which works once, says what was begun and by whom.',
  'Query.errorCodes': 'Documentation.',
  'Query.eventTypes': 'Documentation.',
  'Query.node': 'The object that comes out is guarded by its own type.',
  'Query.viewer': 'Says who the caller is, to the caller.',
};
