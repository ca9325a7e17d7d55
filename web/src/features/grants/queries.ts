import { queryOptions } from '@tanstack/react-query'
import { answered, api, type Grant, type Invitation } from '@/api/client'

export const grantsQuery = (study: string) =>
  queryOptions({
    queryKey: ['grants', study],
    queryFn: ({ signal }) =>
      answered(api.GET('/api/v1/grants', { params: { query: { study } }, signal })),
  })

export const invite = (
  study: string,
  source: string,
  participants: string[],
): Promise<Invitation[]> =>
  answered(api.POST('/api/v1/grants/invite', { body: { study, source, participants } }))

/** New links for everybody whose grant expired or lacks something. */
export const inviteAgain = (study: string, source: string): Promise<Invitation[]> =>
  answered(
    api.POST('/api/v1/grants/campaign', {
      body: { study, source, states: ['expired', 'partial'] },
    }),
  )

export const revoke = ({ study, source, participant }: Grant): Promise<Grant> =>
  answered(api.POST('/api/v1/grants/revoke', { body: { study, source, participant } }))
