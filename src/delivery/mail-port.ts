import { PermanentDeliveryError } from './message.ts';

interface Target {
  /** Null: the usual one. */
  readonly port: number | null;
  readonly isTls: boolean;
  readonly isStartTls: boolean;
}

/** Ports of mail servers below those that any program may use (RFC 6409, RFC 8314). */
const MAIL_PORTS: readonly number[] = [25, 465, 587];
const FIRST_FREE_PORT = 1024;

/** The port at which a server for mails is reached. @throws PermanentDeliveryError It is one of another service. */
export function portOf(server: Target): number {
  const { port } = server;
  if (port === null) return usualPort(server);
  if (port >= FIRST_FREE_PORT || MAIL_PORTS.includes(port)) return port;
  throw new PermanentDeliveryError('The port of the mail server is one of another service.');
}

function usualPort({ isTls, isStartTls }: Target): number {
  if (isTls) return 465;
  return isStartTls ? 587 : 25;
}
