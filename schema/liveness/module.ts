import type { SchemaModule } from '../kit/schema-module.ts';
import { LivenessResolver } from './liveness.resolver.ts';

export const liveness: SchemaModule = { resolvers: [LivenessResolver] };
