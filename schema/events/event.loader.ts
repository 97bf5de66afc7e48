import type { Services } from '../context.ts';
import { rowLoader } from '../loaders.ts';

export const eventLoaders = ({ eventEngine }: Services) => ({
  /** Feed cursor of an event by its id; null until the sequencer has seen it. */
  feedCursor: () => rowLoader<string>((tenantId, ids) => eventEngine.store.feedCursors(tenantId, ids)),
});
