import type { Server } from 'node:http';

/** Listens on a free port of the loopback address, prints the port as JSON for the bench, and ends on SIGTERM. */
export function serve(server: Server, end: () => Promise<void>): void {
  server.keepAliveTimeout = 120_000;
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' ? address?.port : null })}\n`);
  });
  process.once('SIGTERM', () => {
    server.close();
    server.closeAllConnections();
    void end().finally(() => process.exit(0));
  });
}
