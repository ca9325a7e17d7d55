import { queryOptions, useQuery } from '@tanstack/react-query'
import { answered, api, type Factor, Problem, type Right, type Session } from '@/api/client'

/** Who is signed in; null if nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      return await answered(api.GET('/api/v1/session', { signal }))
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null
      throw error
    }
  },
  staleTime: Number.POSITIVE_INFINITY,
})

/** Whether whoever is signed in may do something. */
export function useMay(right: Right): boolean {
  return useQuery(sessionQuery).data?.rights.includes(right) ?? false
}

/** What somebody signs in with: the token of a link, or a name with what belongs to it. */
export type Credentials = { token: string } | { name: string; password: string; code?: string }

export const signIn = async (credentials: Credentials): Promise<void> => {
  const body = { name: '', password: '', code: '', token: '', ...credentials }
  await answered(api.POST('/api/v1/session', { body }))
}

export const signOutEverywhere = async (): Promise<void> => {
  await answered(api.DELETE('/api/v1/sessions'))
}

export const changePassword = async (body: { password: string; new: string }): Promise<void> => {
  await answered(api.PUT('/api/v1/session/password', { body }))
}

export const proposeFactor = (): Promise<Factor> => answered(api.POST('/api/v1/session/factor'))

export const takeFactor = async (factor: Factor, password: string, code: string): Promise<void> => {
  const { secret, recovery } = factor
  await answered(api.PUT('/api/v1/session/factor', { body: { secret, recovery, password, code } }))
}

export const dropFactor = async (password: string): Promise<void> => {
  await answered(api.DELETE('/api/v1/session/factor', { body: { password } }))
}

export const signOut = async (): Promise<void> => {
  await answered(api.DELETE('/api/v1/session'))
}
