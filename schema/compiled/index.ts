/** Executes operations as compiled code where that gives the answer of graphql-js. Imports nothing of ours. */
export { type CompiledOperation, OperationCompiler } from './operation.compiler.ts';
