import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUTHORIZE } from './authorize.cases.ts';
import { DIFFERENCES, type Pair } from './differences.ts';
import { END_SESSION } from './end-session.cases.ts';
import { METADATA } from './metadata.cases.ts';
import type { Observation } from './observation.ts';
import { openTheirs } from './oidc-provider.party.ts';
import { openOurs } from './our.party.ts';
import { type OracleCase, Side } from './side.ts';
import { TOKEN } from './token.cases.ts';
import { USERINFO } from './userinfo.cases.ts';

/** The one table of requests, by endpoint. */
const CASES: Readonly<Record<string, readonly OracleCase[]>> = {
  authorize: AUTHORIZE,
  token: TOKEN,
  userinfo: USERINFO,
  'end session': END_SESSION,
  metadata: METADATA,
};
const NAMED = Object.entries(CASES).flatMap(([endpoint, cases]) =>
  cases.map(({ name, run }): [string, OracleCase['run']] => [`${endpoint}: ${name}`, run]),
);

/** The members in which two answers differ. */
function differencesOf(ours: Observation, theirs: Observation): Record<string, Pair> {
  const names = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
  const pairs = names.map((name): [string, Pair] => [name, [ours[name] ?? null, theirs[name] ?? null]]);
  return Object.fromEntries(pairs.filter(([, [mine, other]]) => mine !== other));
}

/** The members in which the answers to a request may differ. */
const explained = (name: string): Record<string, Pair> =>
  Object.assign({}, ...DIFFERENCES.filter(({ cases }) => cases.includes(name)).map(({ members }) => members));

describe('oidc-provider, configured alike,', () => {
  let ours: Side;
  let theirs: Side;
  beforeAll(async () => {
    ours = new Side(await openOurs());
    theirs = new Side(await openTheirs(ours.party.secrets, ours.party.users));
  });
  afterAll(async () => {
    await ours.party.close();
    await theirs.party.close();
  });

  it.each(NAMED)('answers alike, but for explained differences, to %s', async (name, run) => {
    expect(differencesOf(await run(ours), await run(theirs))).toEqual(explained(name));
  });
});

describe('the list of explained differences', () => {
  it('is about requests that are sent, and about each member of their answers once', () => {
    const names = new Set(NAMED.map(([name]) => name));
    expect(names.size).toBe(NAMED.length);
    const listed = DIFFERENCES.flatMap(({ cases, members }) =>
      cases.flatMap((name) => Object.keys(members).map((member) => ({ name, member }))),
    );
    expect(listed.filter(({ name }) => !names.has(name))).toEqual([]);
    expect(new Set(listed.map(({ name, member }) => `${name}: ${member}`)).size).toBe(listed.length);
  });

  it('names the clause or the page that each of them follows', () => {
    const WHERE =
      /RFC \d+ sections? \d|(?:OpenID Connect|OAuth 2\.0|RP-Initiated Logout)[\w -]* sections? \d|docs\/\w+\.md/;
    expect(DIFFERENCES.filter(({ reason }) => !WHERE.test(reason))).toEqual([]);
  });
});
