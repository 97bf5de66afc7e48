import { accessErrors } from './reauthentication.ts';

export const access = { name: 'access', errors: [accessErrors] };
