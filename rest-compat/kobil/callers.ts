export { callersWith } from '../realm-users/callers.ts';
