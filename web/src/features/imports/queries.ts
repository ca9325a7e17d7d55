import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { answered, api } from '@/api/client'

const PAGE = 200

export const importsQuery = queryOptions({
  queryKey: ['imports'],
  queryFn: ({ signal }) => answered(api.GET('/api/v1/imports', { signal })),
})

export const quarantineQuery = infiniteQueryOptions({
  queryKey: ['quarantine'],
  queryFn: ({ pageParam, signal }) =>
    answered(
      api.GET('/api/v1/quarantine', {
        params: {
          query: pageParam === null ? { limit: PAGE } : { limit: PAGE, cursor: pageParam },
        },
        signal,
      }),
    ),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
})
