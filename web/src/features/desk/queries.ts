import { queryOptions } from '@tanstack/react-query'
import { type Action, answered, api, type Desk } from '@/api/client'

const EVERY_MS = 120_000

/** Everybody in a study with a reason and a next action; asked for again while it is looked at. */
export const deskQuery = (study: string) =>
  queryOptions({
    queryKey: ['desk', study],
    queryFn: async ({ signal }): Promise<Desk> => {
      const params = { path: { code: study } }
      const found = await answered(api.GET('/api/v1/studies/{code}/desk', { params, signal }))
      return found as Desk
    },
    refetchInterval: EVERY_MS,
  })

export interface SeenTo {
  study: string
  code: string
  action: Action
  until_on: string
  note: string
}

export const seeTo = ({ study, code, ...body }: SeenTo) =>
  answered(
    api.PUT('/api/v1/participants/{code}/handled', {
      params: { path: { code }, query: { study } },
      body,
    }),
  )

export const takeBack = async (study: string, code: string): Promise<void> => {
  const params = { path: { code }, query: { study } }
  await answered(api.DELETE('/api/v1/participants/{code}/handled', { params }))
}

/** The desk with what was seen to of one participant changed. */
export const withHandled = (
  desk: Desk | undefined,
  code: string,
  handled: Desk['participants'][number]['handled'],
): Desk | undefined =>
  desk && {
    ...desk,
    participants: desk.participants.map((line) =>
      line.code === code ? { ...line, handled } : line,
    ),
  }
