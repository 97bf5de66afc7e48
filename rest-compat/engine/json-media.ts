import type { Context } from 'koa';
import type { Answer } from './answer.ts';
import type { Json } from './json-schema.ts';

export const JSON_TYPE = 'application/json';

/** Whether `Accept` names `application/json` and no other type. */
function namesOnlyJson(accept: string): boolean {
  return accept.split(',').every((range) => range.split(';', 1)[0]!.trim().toLowerCase() === JSON_TYPE);
}

/**
 * Gives a JSON answer of a mount its own media type, without parameters, unless the request accepts `application/json` alone.
 * @param jsonType `Mount.jsonType`.
 */
export function setJsonType(answer: Answer, ctx: Context, jsonType: string): void {
  if (!answer.get('Content-Type').startsWith(JSON_TYPE)) return;
  answer.vary('Accept');
  answer.set('Content-Type', namesOnlyJson(ctx.get('Accept')) ? JSON_TYPE : jsonType);
}

/** Adds a media type to every part of a description of a row that has JSON. */
export function describeJsonType(described: Json, jsonType: string): Json {
  const { requestBody, responses } = described as { requestBody?: Json; responses: Readonly<Record<string, Json>> };
  return {
    ...described,
    ...(requestBody === undefined ? {} : { requestBody: withType(requestBody, jsonType) }),
    responses: Object.fromEntries(Object.entries(responses).map(([status, one]) => [status, withType(one, jsonType)])),
  };
}

function withType(part: Json, jsonType: string): Json {
  const content = part['content'] as Json | undefined;
  const json = content?.[JSON_TYPE];
  return json === undefined ? part : { ...part, content: { [jsonType]: json, ...content } };
}
