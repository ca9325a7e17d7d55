import { queryOptions } from '@tanstack/react-query'
import { answered, api, Problem, type Session } from '@/api/client'

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

export const signIn = async (token: string): Promise<void> => {
  await answered(api.POST('/api/v1/session', { body: { token } }))
}

export const signOut = async (): Promise<void> => {
  await answered(api.DELETE('/api/v1/session'))
}
