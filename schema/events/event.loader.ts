import { rowLoader } from '../loading.ts';

/** Feed cursor of an event by its id; null until the sequencer has seen it. */
export const feedCursorOfEvent = rowLoader<string>(({ eventEngine }, tenantId, ids) =>
  eventEngine.reader.feedCursors(tenantId, ids),
);
