import type { Route } from '../engine/index.ts';

/** The row at its path of the gateway (docs/dialects/kobil.md, section 1.2). */
export const at = (path: string | readonly string[], row: Route): Route => ({ ...row, path });
