import { queryOptions } from '@tanstack/react-query'
import { answered, api } from '@/api/client'

export const storeQuery = queryOptions({
  queryKey: ['store'],
  queryFn: ({ signal }) => answered(api.GET('/api/v1/store', { signal })),
})
