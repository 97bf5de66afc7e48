import { ErrorCodeResolver } from '../errors/error-code.type.ts';
import { NodeResolver } from './node.ts';
import type { SchemaModule } from './schema-module.ts';

/** Root fields that belong to no noun. */
export const kit: SchemaModule = { resolvers: [NodeResolver, ErrorCodeResolver] };
