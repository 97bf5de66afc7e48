import type { Context } from 'koa';
import { type IdentityError, STATUS_OF_KIND } from '../../src/kernel/index.ts';
import type { Answer } from './answer.ts';
import { type RenderState, setRendered } from './browser-answer.ts';
import { setCommonErrorHeaders } from './reply.ts';
import type { Route } from './route.ts';

/** Whether an error of the row is a page for readers who accept one. */
export const isPageFault = ({ faults, errors = {} }: Route, code: string): boolean =>
  faults === 'page' && !Object.hasOwn(errors, code);

/** Whether `Accept` names HTML. Programs send `*\/*` or nothing, and get the answer of the dialect. */
export function acceptsPage(ctx: Context): boolean {
  return ctx
    .get('Accept')
    .split(',')
    .some((range) => /^\s*text\/html\s*(;|$)/i.test(range) && !/;\s*q=0(\.0*)?\s*(;|$)/i.test(range));
}

/** Answers with a page that shows an error. */
export function setPageFault(answer: Answer, error: IdentityError, render: RenderState): void {
  const { code, kind, message, extensions } = error;
  setCommonErrorHeaders(answer, error);
  const state = { page: 'error', code, message, startAgainAt: extensions?.['startAgainAt'] ?? null };
  setRendered(answer, STATUS_OF_KIND[kind], render('sign-in', state));
}
