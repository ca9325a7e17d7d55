import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { answered, api } from '@/api/client'

const PAGE = 100

export const importsQuery = queryOptions({
  queryKey: ['imports'],
  queryFn: ({ signal }) => answered(api.GET('/api/v1/imports', { signal })),
})

/** Refused records; with a participant, those that syncs brought of them. */
export const quarantineQuery = (study?: string, participant?: string) =>
  infiniteQueryOptions({
    queryKey: ['quarantine', study, participant],
    queryFn: ({ pageParam, signal }) =>
      answered(
        api.GET('/api/v1/quarantine', {
          params: {
            query: {
              limit: PAGE,
              ...(pageParam !== null && { cursor: pageParam }),
              ...(study && participant && { study, participant }),
            },
          },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
