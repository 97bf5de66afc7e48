import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { nameResolver } from '../../../src/kernel/name-resolver.ts';

/** The answer to a question for an IPv4 address (RFC 1035 section 4.1); other questions have no answer. */
function answerTo(question: Buffer): Buffer {
  const end = question.indexOf(0, 12) + 5;
  const isIPv4 = question.readUInt16BE(end - 4) === 1;
  const head = Buffer.from([question[0]!, question[1]!, 0x81, 0x80, 0, 1, 0, isIPv4 ? 1 : 0, 0, 0, 0, 0]);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7]);
  return Buffer.concat([head, question.subarray(12, end), ...(isIPv4 ? [record] : [])]);
}

/** What a resolver finds when its only name server answers, or does not. */
async function resolveBy(answers: boolean) {
  const server = createSocket('udp4');
  let questions = 0;
  server.on('message', (question, { port, address }) => {
    questions++;
    if (answers) server.send(answerTo(question), port, address);
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  const resolve = nameResolver({ timeoutMs: 250, servers: [`127.0.0.1:${server.address().port}`] });
  const found = await new Promise((done) => {
    resolve('mail.example.com', { all: true }, (error, addresses) => done([error?.code ?? null, addresses]));
  });
  server.close();
  return { found, questions };
}

describe('name servers', () => {
  it('are asked for addresses of both kinds, of which one is enough', async () => {
    expect(await resolveBy(true)).toEqual({ found: [null, [{ address: '192.0.2.7', family: 4 }]], questions: 2 });
  });

  it('are asked once and waited for a bounded time', async () => {
    expect(await resolveBy(false)).toEqual({ found: ['ETIMEOUT', []], questions: 2 });
  });
});
