import type { SchemaModule } from '../kit/schema-module.ts';
import { ImportResolver } from './import.resolver.ts';

export const imports: SchemaModule = { resolvers: [ImportResolver] };
