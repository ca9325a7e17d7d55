import { queryOptions } from '@tanstack/react-query'
import { answered, api } from '@/api/client'

export const studiesQuery = queryOptions({
  queryKey: ['studies'],
  queryFn: ({ signal }) => answered(api.GET('/api/v1/studies', { signal })),
})

export const participantsQuery = (study: string) =>
  queryOptions({
    queryKey: ['participants', study],
    queryFn: ({ signal }) =>
      answered(api.GET('/api/v1/participants', { params: { query: { study } }, signal })),
  })

export const participantQuery = (code: string, study: string | undefined) =>
  queryOptions({
    queryKey: ['participant', code, study],
    queryFn: ({ signal }) =>
      answered(
        api.GET('/api/v1/participants/{code}', {
          params: { path: { code }, query: study === undefined ? {} : { study } },
          signal,
        }),
      ),
  })
