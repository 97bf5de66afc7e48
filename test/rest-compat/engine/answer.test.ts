import { once } from 'node:events';
import { connect } from 'node:net';
import type { Middleware } from 'koa';
import { afterEach, describe, expect, it } from 'vitest';
import { Answer, sendAnswer } from '../../../rest-compat/engine/answer.ts';
import { RestClient } from '../../support/rest.ts';

describe('an answer of the engine', () => {
  let rest: RestClient | undefined;
  afterEach(() => rest?.close());

  const serve = async (fill: (answer: Answer) => void, common: Record<string, string> = {}): Promise<RestClient> => {
    const headers = new Map(Object.entries(common));
    const middleware: Middleware = (ctx) => {
      ctx.state['commonHeaders'] = () => headers;
      const answer = new Answer();
      fill(answer);
      sendAnswer(ctx, answer);
    };
    rest = await RestClient.serve(middleware);
    return rest;
  };

  it('has status, headers and body, whose length is counted in bytes', async () => {
    const { status, headers, text } = await (
      await serve((answer) => {
        answer.status = 201;
        answer.set('Content-Type', 'text/plain; charset=utf-8');
        answer.body = 'Grüße 🦘';
      })
    ).ask('GET', '/');
    expect([status, text]).toEqual([201, 'Grüße 🦘']);
    expect(headers['content-length']).toBe('12');
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(headers['transfer-encoding']).toBeUndefined();
  });

  it('has a large body whole, with its length in bytes', async () => {
    const body = 'Grüße 🦘'.repeat(20_000);
    const { headers, text } = await (
      await serve((answer) => {
        answer.status = 200;
        answer.body = body;
      })
    ).ask('GET', '/');
    expect(text === body).toBe(true);
    expect(headers['content-length']).toBe('240000');
  });

  it('has for HEAD the head that it has for GET', async () => {
    await serve((answer) => {
      answer.status = 200;
      answer.body = 'four';
    });
    const [get, head] = [await rest!.ask('GET', '/'), await rest!.ask('HEAD', '/')];
    expect([get.text, head.text]).toEqual(['four', '']);
    expect({ ...head.headers, date: '' }).toEqual({ ...get.headers, date: '' });
  });

  it('without a body has the length 0, and with 204 none (RFC 9110 §8.6)', async () => {
    const empty = await serve((answer) => {
      answer.status = 200;
    });
    expect((await empty.ask('GET', '/')).headers['content-length']).toBe('0');
    await empty.close();
    const nothing = await serve((answer) => {
      answer.status = 204;
    });
    expect((await nothing.ask('GET', '/')).headers['content-length']).toBeUndefined();
  });

  it('has the common headers, unless it has one of the same name', async () => {
    const common = { 'X-Frame-Options': 'DENY', 'Content-Security-Policy': 'common' };
    const { headers } = await (
      await serve((answer) => {
        answer.set('Content-Security-Policy', 'own');
      }, common)
    ).ask('GET', '/');
    expect(headers['x-frame-options']).toBe('DENY');
    expect(headers['content-security-policy']).toBe('own');
  });

  it('leaves out the common header that it names', async () => {
    const common = { 'X-Frame-Options': 'DENY', 'X-Other': 'yes' };
    const { headers } = await (
      await serve((answer) => {
        answer.omitted = 'X-Frame-Options';
      }, common)
    ).ask('GET', '/');
    expect([headers['x-frame-options'], headers['x-other']]).toEqual([undefined, 'yes']);
  });

  it('collects the names of Vary, and forgets a removed header', async () => {
    const { headers } = await (
      await serve((answer) => {
        answer.vary('Origin');
        answer.vary('Accept');
        answer.set('X-Gone', 'yes');
        answer.remove('X-Gone');
      })
    ).ask('GET', '/');
    expect(headers.vary).toBe('Origin, Accept');
    expect(headers['x-gone']).toBeUndefined();
  });

  it('is not written for a client that has disconnected', async () => {
    let sent: () => void = () => undefined;
    const isSent = new Promise<void>((resolve) => (sent = resolve));
    rest = await RestClient.serve(async (ctx) => {
      const closed = once(ctx.res, 'close');
      socket.destroy();
      await closed;
      const answer = new Answer();
      answer.body = 'late';
      sendAnswer(ctx, answer);
      expect(ctx.res.headersSent).toBe(false);
      sent();
    });
    const socket = connect(rest.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
    await isSent;
  });
});
