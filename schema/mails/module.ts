import type { SchemaModule } from '../kit/schema-module.ts';
import { MailResolver } from './mail.resolver.ts';

export const mails: SchemaModule = { resolvers: [MailResolver] };
