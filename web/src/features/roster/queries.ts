import { queryOptions } from '@tanstack/react-query'
import { answered, api } from '@/api/client'

export const cohortsQuery = (study: string) =>
  queryOptions({
    queryKey: ['cohorts', study],
    queryFn: ({ signal }) =>
      answered(
        api.GET('/api/v1/studies/{code}/cohorts', { params: { path: { code: study } }, signal }),
      ),
  })

/** Who is in a cohort now. */
export const membersQuery = (study: string, cohort: string) =>
  queryOptions({
    queryKey: ['cohorts', study, cohort],
    queryFn: async ({ signal }) => {
      const params = { path: { code: study, cohort } }
      const found = await answered(
        api.GET('/api/v1/studies/{code}/cohorts/{cohort}', { params, signal }),
      )
      return new Set(found.filter(({ left_at }) => !left_at).map(({ participant }) => participant))
    },
  })
