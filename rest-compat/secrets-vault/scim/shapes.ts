import { z } from 'zod';

/** Most resources among which a filter is asked that no index answers; a page of the graph inside the process. */
export const MAX_LOOKED_AT = 10_000;

/** A resource, whose other members its schema names. */
export const RESOURCE = z.looseObject({ schemas: z.array(z.string()).describe('URNs of its schemas.') });

/** A part of a list (RFC 7644 section 3.4.2). */
export const LIST = z.looseObject({
  schemas: z.array(z.string()),
  totalResults: z.number().int(),
  startIndex: z.number().int(),
  itemsPerPage: z.number().int(),
  Resources: z.array(RESOURCE).optional().describe('Absent where the total alone was asked for.'),
});

/** The body of a change, which its schema describes; names of members ignore case. */
export const BODY = z.record(z.string(), z.unknown());
