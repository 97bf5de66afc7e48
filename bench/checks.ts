import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import type { Answer } from './load-protocol.ts';

/** Throws when an answer is not the right one. */
export type Check = (answer: Answer) => void | Promise<void>;

/** Raised for an answer that is not what the row measures. */
class WrongAnswer extends Error {
  override readonly name = 'WrongAnswer';
}

function expect(isRight: boolean, what: string, { body }: Answer): void {
  if (!isRight) throw new WrongAnswer(`${what}: ${body.slice(0, 400)}`);
}

function parse(answer: Answer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(answer.body);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Reported below, as any other body that is not an object.
  }
  throw new WrongAnswer(`Not an object in JSON: ${answer.body.slice(0, 400)}`);
}

/** A body with these texts. */
export const checkText =
  (what: string, texts: readonly string[]): Check =>
  (answer) =>
    expect(
      texts.every((text) => answer.body.includes(text)),
      what,
      answer,
    );

/** JSON whose object passes a test. */
export function checkJson(what: string, test: (body: Record<string, unknown>, answer: Answer) => boolean): Check {
  return (answer) => expect(test(parse(answer), answer), what, answer);
}

/** A list in JSON with so many items, each of which passes a test. */
export function checkList(
  what: string,
  length: number,
  test: (item: Record<string, unknown>, answer: Answer) => boolean,
): Check {
  return checkJson(what, (body, answer) => {
    const items: unknown = body;
    return Array.isArray(items) && items.length === length && items.every((item) => test(item, answer));
  });
}

/** A result of GraphQL without errors, whose data passes a test. */
export function checkData(what: string, test: (data: Record<string, unknown>, answer: Answer) => boolean): Check {
  return checkJson(what, ({ data, errors }, answer) => {
    if (errors !== undefined || typeof data !== 'object' || data === null) return false;
    return test(data as Record<string, unknown>, answer);
  });
}

/** A page of so many users, each with so many sessions, and each session with all of its fields. */
export function checkUsersWithSessions(
  users: number,
  sessions: number,
  read: (data: Record<string, unknown>) => readonly { readonly sessions: readonly object[] }[],
): Check {
  return checkData(`Not ${users} users with ${sessions} sessions each`, (data) => {
    const found = read(data);
    return (
      found.length === users && found.every((user) => user.sessions.length === sessions && user.sessions.every(isFull))
    );
  });
}

const isFull = (object: object): boolean =>
  Object.values(object).every((value) => value !== null && value !== undefined);

/** A refusal of GraphQL with errors only, because the document is not valid. */
export const checkInvalidDocument = (field: string): Check =>
  checkJson('Not the refusal of a document', ({ data, errors }) => {
    const list = errors as readonly { message?: unknown }[] | undefined;
    return data === undefined && list?.length === 1 && String(list[0]!.message).includes(`"${field}"`);
  });

/**
 * A response of the token endpoint whose access token has a valid signature of the algorithm, is not expired and has the claims. An
 * ID token that is not among the members is wrong, because its signature would cost one contender as much as the other token.
 */
export function checkToken(
  keys: JSONWebKeySet,
  claims: Readonly<Record<string, unknown>>,
  members: readonly string[] = [],
  algorithm: 'EdDSA' | 'RS256' = 'EdDSA',
): Check {
  const keySet = createLocalJWKSet(keys);
  return async (answer) => {
    const body = parse(answer);
    const missing = members.filter((name) => typeof body[name] !== 'string');
    expect(missing.length === 0, `A token response without ${missing.join(', ')}`, answer);
    expect(members.includes('id_token') || body['id_token'] === undefined, 'A second signed token', answer);
    const payload = await jwtVerify(String(body['access_token']), keySet, { algorithms: [algorithm] }).then(
      (verified) => verified.payload,
      (error: Error) => {
        throw new WrongAnswer(`A token that does not verify (${error.message}): ${answer.body.slice(0, 400)}`);
      },
    );
    expect(typeof payload.exp === 'number', 'A token without an end', answer);
    for (const [name, value] of Object.entries(claims))
      expect(payload[name] === value, `Another ${name} in a token`, answer);
  };
}

/** Checks answers one after another; the first wrong one is thrown. */
export async function checkAll(answers: readonly Answer[], check: Check): Promise<void> {
  for (const answer of answers) await check(answer);
}
