import type { Dialect } from '../../rest-compat/engine/index.ts';

/** Every older API that is served, in the order of model.md section 3. */
export const DIALECTS: readonly Dialect[] = [];
