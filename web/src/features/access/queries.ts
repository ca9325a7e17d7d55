import { queryOptions } from '@tanstack/react-query'
import { answered, api, type Role } from '@/api/client'

export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: ({ signal }) => answered(api.GET('/api/v1/users', { signal })),
})

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: ({ signal }) => answered(api.GET('/api/v1/keys', { signal })),
})

export interface Entry {
  name: string
  role: Role
  places: string[]
}

export const addUser = (entry: Entry & { password: string }) =>
  answered(api.POST('/api/v1/users', { body: entry }))

export const changeUser = (name: string, change: Partial<Entry> & { disabled?: boolean }) =>
  answered(api.PATCH('/api/v1/users/{name}', { params: { path: { name } }, body: change }))

export const setPassword = async (name: string, password: string): Promise<void> => {
  await answered(
    api.PUT('/api/v1/users/{name}/password', { params: { path: { name } }, body: { password } }),
  )
}

export const createKey = (entry: Entry) => answered(api.POST('/api/v1/keys', { body: entry }))

export const revokeKey = async (number: number): Promise<void> => {
  await answered(api.DELETE('/api/v1/keys/{number}', { params: { path: { number } } }))
}
