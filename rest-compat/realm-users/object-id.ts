import { present } from '../engine/index.ts';

/** The id of an object inside its id in the graph. */
export const toObjectId = (globalId: string): string => present(globalId.split('~')[2] ?? null);
