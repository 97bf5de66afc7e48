// Written by `npm run operations:emit` from schema/client.graphql and operations/*.graphql; CI fails when it differs.
import type { OperationDocument } from '../../../rest-compat/engine/index.ts';
export type ListTenantsVariables = { [key: string]: never; };
export type ListTenantsData = { readonly tenants: { readonly nodes: ReadonlyArray<{ readonly name: string } | null> } };
export type RenameTenantVariables = { tenant: string; displayName?: string | null | undefined; enabled?: boolean | null | undefined; };
export type RenameTenantData = { readonly updateTenant: { readonly tenant: { readonly name: string, readonly displayName: string | null } | null } };
export type ShowTenantVariables = { tenant?: string | null | undefined; };
export type ShowTenantData = { readonly tenant: { readonly name: string, readonly displayName: string | null, readonly isEnabled: boolean } };
export type ListTenantsErrors = never;
export type RenameTenantErrors = 'TENANT_PROTECTED';
export type ShowTenantErrors = never;
export const ListTenants: OperationDocument<ListTenantsData, ListTenantsVariables, ListTenantsErrors> = { name: 'ListTenants', hash: '29986dfcfae0223227c5631928917cd8056d95a12535217ad0783ce8e9f2968f', text: "query ListTenants{tenants(first:100){nodes{name}}}", errors: [] };
export const RenameTenant: OperationDocument<RenameTenantData, RenameTenantVariables, RenameTenantErrors> = { name: 'RenameTenant', hash: 'fd5f735a9ecc86e893eb49a60f4d2b03b40fe7633dc63de90df59f4d79fea3a0', text: "mutation RenameTenant($tenant:String!$displayName:String$enabled:Boolean){updateTenant(input:{tenant:$tenant displayName:$displayName isEnabled:$enabled}){tenant{name displayName}}}", errors: ['TENANT_PROTECTED'] };
export const ShowTenant: OperationDocument<ShowTenantData, ShowTenantVariables, ShowTenantErrors> = { name: 'ShowTenant', hash: 'bd1e33badae02670dd2299b7dd4890d4e72a003993ad47484ce1b3e74eb699d3', text: "query ShowTenant($tenant:String){tenant(tenant:$tenant){name displayName isEnabled}}", errors: [] };
