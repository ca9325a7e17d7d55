import { QueryCache, QueryClient } from '@tanstack/react-query'
import { Problem } from './client'

const MINUTE = 60_000
const MOST_TRIES = 2

/** The cache of answers. When the server no longer knows us, `onSignedOut` is told. */
export function queriesFor(onSignedOut: (queries: QueryClient) => void): QueryClient {
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof Problem && error.status === 401) onSignedOut(queries)
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: MINUTE,
        // A refusal stays a refusal; only what may pass is tried again.
        retry: (failures, error) =>
          error instanceof Problem && [0, 502, 503, 504].includes(error.status)
            ? failures < MOST_TRIES
            : false,
      },
    },
  })
  return queries
}
