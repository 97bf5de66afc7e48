import { z } from 'zod';
import { presentItems, type Route, route } from '../../engine/index.ts';
import { AUDIT_EVENT, auditEvent } from '../audit-event.ts';
import { MAX_AUDIT_LIMIT, parseAuditQuery } from '../audit-query.ts';
import { SUBJECT } from '../errors.ts';
import { SHOWN_EVENT_TYPES } from '../events.ts';
import { subjectIdOf } from '../identifiers.ts';
import { Audit } from '../operations.generated.ts';
import { RqlRefusal } from '../rql.ts';
import { END_USER, SUBJECT_PATH } from './input.ts';

const AUDIT_PARAMETERS = z.object({
  rql: z
    .string()
    .superRefine((text, { addIssue }) => {
      try {
        parseAuditQuery(text);
      } catch (error) {
        if (!(error instanceof RqlRefusal)) throw error;
        addIssue(error.message);
      }
    })
    .optional()
    .describe(
      `\`and(ge(ts,A),le(ts,B),limit(N))\` or parts of it. Moments below 10^11 are seconds, others milliseconds; at most ${MAX_AUDIT_LIMIT} events are given, 100 without a limit.`,
    ),
  ua: z
    .enum(['none', 'parsed'])
    .optional()
    .describe('`none`: no `ua` in events. `parsed`: browser and system apart. Absent: the header as it was sent.'),
});

/** Security events: docs/dialects/blitz.md, section 4. */
export const AUDIT_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v3/users/{subjectId}/audit',
    spec: '4 (29)',
    summary: 'Security events registered on the account, newest first',
    callers: { bearer: { user: ['blitz_api_uaud'], app: ['blitz_api_sys_uaud'] } },
    operation: Audit,
    input: { params: SUBJECT_PATH, headers: END_USER, query: AUDIT_PARAMETERS },
    toVariables: ({ params, query: { rql, ua } }) => {
      const { from, to, limit } = parseAuditQuery(rql);
      return {
        userId: subjectIdOf(params.subjectId),
        types: SHOWN_EVENT_TYPES,
        from,
        to,
        first: limit,
        isRaw: ua === undefined,
        isParsed: ua === 'parsed',
      };
    },
    reply: {
      status: 200,
      schema: z.array(AUDIT_EVENT),
      from: ({ accountEvents }) => presentItems(accountEvents.nodes).map(auditEvent),
    },
    errors: SUBJECT,
  }),
];
