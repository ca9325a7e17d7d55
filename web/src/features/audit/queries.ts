import { infiniteQueryOptions } from '@tanstack/react-query'
import { answered, api } from '@/api/client'

export interface Wanted {
  actor?: string | undefined
  act?: string | undefined
  participant?: string | undefined
  study?: string | undefined
}

/** Entries of the audit trail, page by page, the newest first. */
export const auditQuery = (wanted: Wanted) =>
  infiniteQueryOptions({
    queryKey: ['audit', wanted],
    queryFn: ({ signal, pageParam }) => {
      const said = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value))
      const query = pageParam ? { ...said, cursor: pageParam } : said
      return answered(api.GET('/api/v1/audit', { signal, params: { query } }))
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 0,
  })

export const verify = () => answered(api.GET('/api/v1/audit/verdict'))
